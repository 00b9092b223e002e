"""`/skills_matrix`: many agents' skills at once."""

from server.http.endpoint import Call, Endpoint, endpoint
from server.protocol.matrix import MatrixPatch, MatrixRows
from server.services.admin.matrix import MatrixAdmin


class MatrixResource:
    """Agents × skills × level. `/agents` and `/skills` show it; this changes it."""

    def __init__(self, matrix: MatrixAdmin) -> None:
        self._matrix = matrix

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        path = "/skills_matrix"
        return [
            endpoint("PATCH", path, self.change, takes=MatrixPatch, gives=MatrixRows, is_large=True)
        ]

    async def change(self, call: Call, given: MatrixPatch) -> MatrixRows:
        """Change many levels and capacities at once, or none if any is no longer as it was."""
        return await self._matrix.change(call.seat, given)
