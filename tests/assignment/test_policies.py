"""Who among equals: policies of queues, edited skills, rings and helpers (B14, B16-B20, B22)."""

from collections import Counter
from uuid import UUID

from server.services.seats import AgentSeat
from storage.people import Overflow
from tests.assignment.nodes import counted
from tests.assignment.office import Office


async def takers(office: Office, seats: list[AgentSeat], times: int) -> list[str]:
    """Let customers come one by one, each accepted and resolved; return who had them."""
    names: list[str] = []
    for _ in range(times):
        row = await office.customer()
        seat = next(seat for seat in seats if row.id in office.offered(seat))
        await office.accepts(seat)
        await office.clock.advance(5)
        await office.resolves(seat, row)
        names.append(seat.name)
    return names


async def test_b14_edited_skills_count_at_once(office: Office) -> None:
    tea = await office.new_queue("tea", skills=(await office.skill("tea", 3),))
    ann = await office.agent("ann")
    row = await office.customer(queue=tea)
    assert office.offered(ann) == []
    await office.change(ann, skills={tea.skills[0].skill_id: 3})
    assert office.offered(ann) == [row.id]


async def test_b16_least_loaded_then_longest_idle(office: Office) -> None:
    await office.sets_queue(policy="least_loaded")
    ann = await office.agent("ann", capacity=3)
    await office.customer()
    await office.accepts(ann)
    await office.clock.advance(1)
    bob = await office.agent("bob", capacity=3)
    first = await office.customer()
    assert office.offered(bob) == [first.id]
    await office.accepts(bob)
    second = await office.customer()
    assert office.offered(ann)[-1] == second.id


async def test_b17_longest_idle_alternates(office: Office) -> None:
    await office.sets_queue(policy="longest_idle")
    seats = []
    for name in ("ann", "bob"):
        seats.append(await office.agent(name))
        await office.clock.advance(1)
    assert await takers(office, seats, 6) == ["ann", "bob"] * 3


async def test_b18_who_joins_late_does_not_get_everything(office: Office) -> None:
    await office.sets_queue(policy="longest_idle")
    ann = await office.agent("ann")
    await takers(office, [ann], 10)
    bob = await office.agent("bob")
    await office.clock.advance(1)
    assert Counter(await takers(office, [ann, bob], 8)) == {"ann": 4, "bob": 4}


async def test_b19_round_robin_deals_a_burst_evenly(office: Office) -> None:
    await office.sets_queue(policy="round_robin")
    seats = [await office.agent(f"a{number}", capacity=20) for number in range(5)]
    for _ in range(50):
        await office.customer(turn=False)
    await office.turn()
    assert [len(office.offered(seat)) for seat in seats] == [10] * 5


async def test_b20_the_rotation_goes_on_when_somebody_left(office: Office) -> None:
    await office.sets_queue(policy="round_robin")
    seats = [await office.agent(f"a{number}") for number in range(4)]
    by_id = sorted(seats, key=lambda seat: str(seat.agent_id))
    first, second = await takers(office, seats, 2)
    assert [first, second] == [by_id[0].name, by_id[1].name]
    await office.sets(by_id[1], "away")
    assert await takers(office, seats, 3) == [by_id[2].name, by_id[3].name, by_id[0].name]


async def test_b22_whoever_is_out_of_service_gets_nothing(office: Office) -> None:
    ann = await office.agent("ann")
    await office.stores.agents.deactivate(office.shop.id, ann.agent_id, office.clock.now())
    await office.db.execute("UPDATE agent SET status = 'available'")
    office.node.pokes.agent_touched(office.shop.id, ann.agent_id)
    await office.customer()
    assert office.offered(ann) == []


async def test_b6_b7_less_is_asked_for_with_age(office: Office) -> None:
    needs = (
        await office.skill("tea", 4, ((20, 2),)),
        await office.skill("lang:fr", 3, ((20, 2), (40, 0)), required=False),
    )
    tea = await office.new_queue("tea", skills=needs)
    ann = await office.agent("ann", skills={"tea": 2})
    bob = await office.agent("bob", skills={"tea": 2, "lang:fr": 2})
    first = await office.customer(queue=tea)
    await office.passes(19)
    assert office.offered(ann) == office.offered(bob) == []
    await office.passes(2)
    assert office.offered(bob) == [first.id]
    await office.accepts(bob)

    second = await office.customer(queue=tea)
    await office.passes(39)
    assert office.offered(ann) == []
    await office.passes(2)
    assert office.offered(ann) == [second.id]
    [decision] = await office.stores.decisions.of_conversation(second.id)
    assert decision.record["ring"] == 2
    assert counted(office.node, "swept_total") == 0


async def test_other_queues_help_from_an_age_on(office: Office) -> None:
    helpers = await office.new_queue("helpers", skills=(await office.skill("help", 1),))
    overflow = (Overflow(helpers.id, 60, skip_if_empty=False),)
    tea = await office.new_queue("tea", skills=(await office.skill("tea", 1),), overflow=overflow)
    ann = await office.agent("ann", skills={"help": 3})
    row = await office.customer(queue=tea)
    await office.passes(58)
    assert office.offered(ann) == []
    await office.passes(3)
    assert office.offered(ann) == [row.id]


async def test_b11_helpers_come_at_once_while_nobody_is_there(office: Office) -> None:
    helpers = await office.new_queue("helpers", skills=(await office.skill("help", 1),))
    tea = await office.new_queue(
        "tea",
        skills=(await office.skill("tea", 3, ((30, 1),)),),
        overflow=(Overflow(helpers.id, 600),),
    )
    ann = await office.agent("ann", skills={"help": 3})
    bob = await office.agent("bob", skills={"tea": 3})
    await office.customer(queue=tea)
    await office.accepts(bob)
    waiting = await office.customer(queue=tea)
    assert office.offered(ann) == [], "bob is there, though busy"
    await office.node.presence.went(bob, "bob", signed_out=True)
    await office.turn()
    assert office.offered(ann) == [waiting.id]


async def test_b1_an_emergency_goes_before_all_others(office: Office) -> None:
    await office.customer()
    await office.clock.advance(3000)
    urgent = await office.customer(turn=False)
    await office.db.execute("UPDATE conversation SET emergency = true WHERE id = $1", urgent.id)
    office.node.pokes.arrived(office.shop.id, urgent.id)
    ann = await office.agent("ann")
    await office.turn()
    assert office.offered(ann) == [UUID(str(urgent.id))]
