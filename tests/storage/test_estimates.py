"""The first estimate of a customer's wait is kept with the conversation."""

from storage.estimates import Estimates
from storage.rows import ConversationRow
from tests.storage.floor import Floor


async def kept(floor: Floor, row: ConversationRow) -> tuple[int | None, int | None]:
    found = await floor.now(row)
    return found.eta_low_s, found.eta_high_s


async def test_the_first_range_is_kept_and_never_overwritten(floor: Floor) -> None:
    estimates = Estimates(floor.db)
    first, second, third = [await floor.asked() for _ in range(3)]

    assert await estimates.note({first.id: (5, 60), second.id: (0, 30)}) == 2
    assert await estimates.note({second.id: (90, 120), third.id: (10, 90)}) == 1

    assert [await kept(floor, row) for row in (first, second, third)] == [
        (5, 60),
        (0, 30),
        (10, 90),
    ]


async def test_nothing_is_estimated_once_the_wait_is_over(floor: Floor) -> None:
    row = await floor.answered(await floor.agent(), 5)

    assert await Estimates(floor.db).note({row.id: (5, 60)}) == 0
    assert await kept(floor, row) == (None, None)


async def test_nobody_waits_for_a_row_that_somebody_holds(floor: Floor) -> None:
    held, free = await floor.asked(), await floor.asked()
    async with floor.db.transaction() as tx:
        await tx.execute("SELECT FROM conversation WHERE id = $1 FOR UPDATE", held.id)
        assert await Estimates(floor.db).note({held.id: (5, 60), free.id: (5, 60)}) == 1

    assert [await kept(floor, row) for row in (held, free)] == [(None, None), (5, 60)]
    assert (await floor.now(free)).epoch == free.epoch, "nobody has to hear of it"
