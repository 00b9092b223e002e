"""What customers did in the past, from asking to being gone."""

from uuid import UUID

from tests.storage.floor import Floor, at


async def answer(floor: Floor, agent: UUID, asked_s: float, waits_s: float, takes_s: float) -> None:
    """Let a customer ask, wait, be served and be gone, a wrap-up of 10 s included."""
    row = await floor.asked(seconds=asked_s)
    taken_s = asked_s + waits_s
    offer = await floor.offered(row, agent, taken_s)
    await floor.offers.accept(offer.id, agent, at(taken_s))
    await floor.transitions.close(row.id, agent, "solved", at(taken_s + takes_s - 10))
    await floor.transitions.finish(row.id, None, None, at(taken_s + takes_s))


async def leave(floor: Floor, asked_s: float, waits_s: float) -> None:
    """Let a customer ask, wait and give up."""
    row = await floor.asked(seconds=asked_s)
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(asked_s + waits_s))
