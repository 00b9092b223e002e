"""Skills, languages among them."""

from typing import Literal, TypedDict
from uuid import UUID

from storage.columns import row_of
from storage.database import Record, Store
from storage.people import SkillRow
from storage.unique import named


class SkillChanges(TypedDict, total=False):
    """What may be changed; what is left out stays."""

    key: str
    name: str


class Skills:
    """Keeps a shop's skills."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def get(self, shop_id: UUID, skill_id: UUID) -> SkillRow | None:
        """Return the shop's skill, or None."""
        return _row(
            await self._db.fetchrow(
                "SELECT * FROM skill WHERE id = $1 AND shop_id = $2", skill_id, shop_id
            )
        )

    async def of_shop(self, shop_id: UUID) -> list[SkillRow]:
        """Return a shop's skills by kind and name."""
        rows = await self._db.fetch(
            "SELECT * FROM skill WHERE shop_id = $1 ORDER BY kind DESC, name, id", shop_id
        )
        return [row_of(SkillRow, row) for row in rows]

    async def create(
        self, shop_id: UUID, key: str, name: str, kind: Literal["skill", "language"] = "skill"
    ) -> SkillRow:
        """Make a skill; Duplicate when the key is taken in this shop."""
        with named():
            row = await self._db.fetchrow(CREATE, shop_id, key, name, kind)
        assert row is not None
        return row_of(SkillRow, row)

    async def update(self, shop_id: UUID, skill_id: UUID, changes: SkillChanges) -> SkillRow | None:
        """Change the shop's skill; None when there is none."""
        key, name = changes.get("key"), changes.get("name")
        with named():
            return _row(await self._db.fetchrow(UPDATE, skill_id, shop_id, key, name))

    async def delete(self, shop_id: UUID, skill_id: UUID) -> bool:
        """Remove the skill from the shop, its agents and its queues."""
        return (
            await self._db.execute(
                "DELETE FROM skill WHERE id = $1 AND shop_id = $2", skill_id, shop_id
            )
            == 1
        )


CREATE = "INSERT INTO skill (shop_id, key, name, kind) VALUES ($1, $2, $3, $4) RETURNING *"

UPDATE = """
UPDATE skill SET key = coalesce($3, key), name = coalesce($4, name)
 WHERE id = $1 AND shop_id = $2 RETURNING *
"""


def _row(record: Record | None) -> SkillRow | None:
    return None if record is None else row_of(SkillRow, record)
