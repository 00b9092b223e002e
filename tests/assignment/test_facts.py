"""Facts as they are stored become facts as the engine takes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from routing.facts import EMERGENCY, NORMAL, Ring
from server.services.assignment.facts import agent_facts, queue_facts, rings, task_facts
from storage.handling import Traffic
from storage.people import (
    AgentFacts,
    NeededSkill,
    Overflow,
    QueueFacts,
    Refusal,
    WaitingFacts,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def queue(*skills: NeededSkill, overflow: tuple[Overflow, ...] = ()) -> QueueFacts:
    return QueueFacts(
        id=uuid4(),
        key="q",
        name="Q",
        priority=0,
        offer_timeout_s=30,
        wrap_up_s=10,
        auto_accept=False,
        match_language=True,
        skills=skills,
        overflow=overflow,
    )


def waiting(**more: object) -> WaitingFacts:
    return replace(
        WaitingFacts(
            id=uuid4(),
            shop_id=uuid4(),
            visitor_id=uuid4(),
            state="queued",
            epoch=1,
            queue_id=None,
            topic=None,
            locale=None,
            priority=0,
            queued_at=NOON,
            last_agent_id=None,
            wanted_agent_id=None,
            emergency=False,
            was_taken=False,
            full_at=None,
            unclaimed_at=None,
            offered_to=[],
            refusals=(),
        ),
        **more,  # pyright: ignore[reportArgumentType]
    )


def needs(of: QueueFacts, *others: QueueFacts) -> list[tuple[float, dict[str, int], bool]]:
    known = {str(each.id): each for each in (of, *others)}
    return [(ring.after_s, dict(ring.needs), ring.skip) for ring in rings(of, known)]


def test_without_steps_there_is_one_ring() -> None:
    assert needs(queue(NeededSkill("tea", 3, True), NeededSkill("wine", 2, False))) == [
        (0.0, {"tea": 3}, False)
    ]
    assert rings(queue(), {}) == (Ring(),)


def test_b6_steps_of_all_skills_make_rings_by_age() -> None:
    french = NeededSkill("fr", 4, True, ((30, 3),))
    data = NeededSkill("db", 5, True, ((60, 3),))
    assert needs(queue(french, data)) == [
        (0.0, {"fr": 4, "db": 5}, False),
        (30.0, {"fr": 3, "db": 5}, False),
        (60.0, {"fr": 3, "db": 3}, False),
    ]


def test_b7_a_preferred_skill_with_steps_is_asked_for_and_then_dropped() -> None:
    three = [NeededSkill(f"s{n}", 2, False, ((10 * n, 0),)) for n in (1, 2, 3)]
    asked = needs(queue(NeededSkill("tea", 1, True), *three))
    assert [(age, sorted(found)) for age, found, _ in asked] == [
        (0.0, ["s1", "s2", "s3", "tea"]),
        (10.0, ["s2", "s3", "tea"]),
        (20.0, ["s3", "tea"]),
        (30.0, ["tea"]),
    ]


def test_helpers_come_behind_and_archived_ones_are_no_help() -> None:
    helper, gone = queue(NeededSkill("help", 2, True, ((5, 1),))), uuid4()
    of = queue(
        NeededSkill("tea", 3, True, ((60, 1),)),
        overflow=(Overflow(gone, 20), Overflow(helper.id, 60, skip_if_empty=True)),
    )
    assert needs(of, helper) == [
        (0.0, {"tea": 3}, False),
        (60.0, {"tea": 1}, True),
        (60.0, {"help": 2}, True),
    ]


def test_load_is_told_in_rough_figures_so_that_noise_is_no_news() -> None:
    of = queue()
    told = [queue_facts(of, {}, Traffic(0.1, mean_s, 50)) for mean_s in (243.1, 241.8)]
    assert told[0] == told[1]
    assert (told[0].mean_s, told[0].load) == (240.0, 24.0)


def test_agents_are_told_with_what_they_hold() -> None:
    limited = uuid4()
    agent = AgentFacts(
        id=uuid4(),
        shop_id=uuid4(),
        name="Mei",
        status="available",
        capacity=10,
        idle_since=NOON,
        deactivated=False,
        skills={"tea": 3},
        held=(uuid4(),),
        in_hand=4,
        responding=False,
        assigned_at=NOON + timedelta(seconds=5),
        of_queue={limited: 1},
    )
    told = agent_facts(agent, is_online=True)
    assert (told.in_hand, told.held, told.ready) == (4, {str(limited): 1}, False)
    assert told.assigned_at - told.idle_since == 5.0


def test_tasks_are_told_with_tier_head_start_and_favourite() -> None:
    last, other = UUID(int=7), UUID(int=8)
    refusals = (
        Refusal(other, "declined", NOON),
        Refusal(other, "timed_out", NOON + timedelta(seconds=90)),
        Refusal(last, "transferred", NOON),
    )
    of = replace(queue(), sticky_s=25)
    told = task_facts(waiting(emergency=True, last_agent_id=last, refusals=refusals), of)
    now = NOON.timestamp()
    assert (told.tier, told.boost_s) == (EMERGENCY, 60.0)
    assert (told.last_agent, told.sticky_until) == (str(last), now + 25)
    assert told.refused == {str(other): now + 150, str(last): now + 60}
    plain = task_facts(waiting(), None)
    assert (plain.tier, plain.boost_s, plain.sticky_until, plain.queue) == (NORMAL, 0.0, 0.0, "")
