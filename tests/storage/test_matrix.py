"""The skills matrix: many levels at once, or none of them."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from storage.agents import Agents, NewAgent
from storage.database import Database
from storage.errors import Missing, Stale
from storage.matrix import Cell, Room, SkillsMatrix
from storage.people import QueueSkill
from storage.queues import NewQueue, Queues
from storage.shops import Shops
from storage.skills import Skills
from tests.storage.floor import Floor


class Crew:
    """Two agents and two skills of a shop."""

    def __init__(self, floor: Floor) -> None:
        self.db, self.shop = floor.db, floor.shop.id
        self.matrix, self.agents = SkillsMatrix(floor.db), Agents(floor.db)
        self.skills: dict[str, UUID] = {}

    async def hires(self, name: str, **levels: int) -> UUID:
        """Hire somebody who knows these skills."""
        for key in levels.keys() - self.skills.keys():
            self.skills[key] = (await Skills(self.db).create(self.shop, key, key)).id
        row = await self.agents.create(
            NewAgent(
                shop_id=self.shop,
                email=f"{name}@shop.example",
                name=name,
                password_hash="-",
                skills={self.skills[key]: level for key, level in levels.items()},
            )
        )
        return row.id

    async def levels(self, agent: UUID) -> dict[str, int]:
        """Return what somebody knows by now."""
        row = await self.agents.get(agent)
        assert row is not None
        keys = {id_: key for key, id_ in self.skills.items()}
        return {keys[skill]: level for skill, level in row.skills.items()}

    async def save(self, *cells: tuple[UUID, str, int, int], rooms: list[Room] | None = None):
        """Change cells: agent, skill, level, was."""
        named = [Cell(agent, self.skills[key], level, was) for agent, key, level, was in cells]
        return await self.matrix.save(self.shop, named, rooms or [])


@pytest.fixture
def crew(floor: Floor) -> Crew:
    """Return the crew of the shop floor."""
    return Crew(floor)


async def test_many_cells_are_set_raised_and_cleared_at_once(crew: Crew) -> None:
    ada, tom = await crew.hires("ada", tea=3, cups=1), await crew.hires("tom", tea=2)

    rows = await crew.save(
        (ada, "tea", 0, 3), (ada, "cups", 5, 1), (tom, "cups", 4, 0), rooms=[Room(tom, 9, 3)]
    )

    assert [row.id for row in rows] == [ada, tom]
    assert await crew.levels(ada) == {"cups": 5}
    assert await crew.levels(tom) == {"tea": 2, "cups": 4}
    assert rows[1].capacity == 9


async def test_one_stale_cell_keeps_everything_as_it_was_and_is_named_with_what_it_is_now(
    crew: Crew,
) -> None:
    ada, tom = await crew.hires("ada", tea=3), await crew.hires("tom", tea=2)
    await crew.save((tom, "tea", 4, 2), rooms=[Room(ada, 7, 3)])

    with pytest.raises(Stale) as refused:
        await crew.save((ada, "tea", 5, 3), (tom, "tea", 1, 2), rooms=[Room(ada, 8, 3)])

    assert refused.value.cells == ((ada, None, 7), (tom, crew.skills["tea"], 4))
    assert await crew.levels(ada) == {"tea": 3}


async def test_who_has_left_and_what_is_another_shops_does_not_exist(crew: Crew) -> None:
    ada, gone = await crew.hires("ada", tea=3), await crew.hires("gone", tea=1)
    other = await Shops(crew.db).create("other", "Other", "-")
    foreign = (await Skills(crew.db).create(other.id, "tea", "Tea")).id
    await crew.db.execute("UPDATE agent SET deactivated_at = now() WHERE id = $1", gone)

    for cell in (
        Cell(ada, foreign, 3, 0),
        Cell(ada, uuid4(), 3, 0),
        Cell(gone, crew.skills["tea"], 3, 1),
    ):
        with pytest.raises(Missing):
            await crew.matrix.save(crew.shop, [cell], [])
    with pytest.raises(Missing):
        await crew.matrix.save(other.id, [], [Room(ada, 5, 3)])
    assert await crew.levels(ada) == {"tea": 3}


async def test_of_two_who_save_the_same_cell_at_once_one_is_told(crew: Crew) -> None:
    ada, tom = await crew.hires("ada", tea=3), await crew.hires("tom", tea=2)
    answers = await asyncio.gather(
        crew.save((ada, "tea", 4, 3), (tom, "tea", 4, 2)),
        crew.save((tom, "tea", 5, 2), (ada, "tea", 5, 3)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["Stale", "list"]
    assert (await crew.levels(ada))["tea"] == (await crew.levels(tom))["tea"]


async def test_a_repository_in_a_transaction_undoes_only_its_own_part(database: Database) -> None:
    shop = await Shops(database).create("the-shop", "The Shop", "-")
    async with database.transaction() as tx:
        queues = Queues(tx)
        await queues.create(NewQueue(shop_id=shop.id, key="tea", name="Tea"))
        foreign = (QueueSkill(uuid4(), 1, True),)
        with pytest.raises(Missing):
            await queues.create(NewQueue(shop_id=shop.id, key="cups", name="Cups", skills=foreign))

    assert [queue.key for queue in await Queues(database).of_shop(shop.id)] == ["tea"]
