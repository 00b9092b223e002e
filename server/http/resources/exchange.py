"""`/setup/export` and `/setup/import`: the setup of a shop as a file."""

from server.http.endpoint import Call, Download, Endpoint, endpoint
from server.protocol.exchange import ExportQuery, ImportQuery, SetupImport, SetupPlan
from server.services.admin.exchange.service import SetupExchange

TYPES = {"json": "application/json", "csv": "text/csv"}


class ExchangeResource:
    """Skills, agents' skills, queues and hours. For supervisors and administrators."""

    def __init__(self, exchange: SetupExchange) -> None:
        self._exchange = exchange

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        return [
            endpoint("GET", "/setup/export", self.export, takes=ExportQuery, gives=Download),
            endpoint(
                "POST",
                "/setup/import",
                self.take,
                takes=SetupImport,
                gives=SetupPlan,
                query=ImportQuery,
                is_large=True,
            ),
        ]

    async def export(self, call: Call, given: ExportQuery) -> Download:
        """Hand out the setup as a file."""
        return Download(
            name=f"kefu-{given.part}.{given.format}",
            content_type=TYPES[given.format],
            text=await self._exchange.export(call.seat, given),
        )

    async def take(self, call: Call, given: SetupImport) -> SetupPlan:
        """Say what a file would change, or with `dry_run=false` change all of it or nothing."""
        assert isinstance(call.query, ImportQuery)
        return await self._exchange.take(call.seat, given, dry_run=call.query.dry_run)
