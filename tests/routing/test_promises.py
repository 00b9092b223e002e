"""The engine against a twin that is too simple to be wrong, and against the promises."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from routing.engine import Decision, Engine
from routing.explain import from_json, replay, to_json
from routing.facts import (
    AGED_TARGETS,
    EMERGENCY,
    NORMAL,
    PRIORITY_STEP_S,
    AgentFacts,
    QueueFacts,
    Ring,
    TaskFacts,
)
from routing.order import SCORE, turn
from routing.policy import OFFERED
from tests.routing.people import NOW
from tests.routing.twin import age_turn, holding, may, reserved, settle, twin

NAMES = [f"a{n}" for n in range(6)]
TASKS = [f"t{n}" for n in range(12)]
QUEUES = ["q0", "q1", "q2"]
SKILLS = st.dictionaries(st.sampled_from(["x", "y", "lang:zh"]), st.integers(1, 3), max_size=3)
SECONDS = st.integers(-200, 0).map(lambda s: NOW + s)
POLICY = st.sampled_from([*OFFERED])


def agents() -> st.SearchStrategy[AgentFacts]:
    return st.builds(
        AgentFacts,
        id=st.sampled_from(NAMES),
        skills=SKILLS,
        speeds=st.dictionaries(
            st.sampled_from(["x", "y"]), st.sampled_from([0.7, 1.3]), max_size=1
        ),
        capacity=st.integers(1, 4),
        status=st.sampled_from(["available", "available", "available", "busy"]),
        online=st.sampled_from([True, True, True, False]),
        responding=st.sampled_from([True, True, True, False]),
        idle=st.sampled_from([False, False, False, True]),
        idle_since=SECONDS,
        assigned_at=SECONDS,
    )


@st.composite
def rings(draw: st.DrawFn) -> tuple[Ring, ...]:
    later = draw(st.lists(st.tuples(st.integers(1, 40), SKILLS, st.booleans()), max_size=2))
    steps = [Ring(needs=draw(SKILLS))]
    for after_s, needs, skip in later:
        steps.append(Ring(after_s=steps[-1].after_s + after_s, needs=needs, skip=skip))
    return tuple(steps)


def queues() -> st.SearchStrategy[QueueFacts]:
    return st.builds(
        QueueFacts,
        id=st.sampled_from(QUEUES),
        rings=rings(),
        preferred=SKILLS,
        priority=st.integers(0, 2),
        target_s=st.sampled_from([None, None, 10.0, 30.0]),
        weight=st.sampled_from([1.0, 1.0, 2.0]),
        match_language=st.booleans(),
        policy=POLICY,
        units=st.sampled_from([1, 1, 2, 3, 4]),
        interruptible=st.sampled_from([False, False, True]),
        per_agent_max=st.sampled_from([None, None, 1]),
        offers_at_once=st.sampled_from([1, 1, 2]),
        load=st.sampled_from([0.0, 1.0, 3.0]),
    )


def tasks() -> st.SearchStrategy[TaskFacts]:
    return st.builds(
        TaskFacts,
        id=st.sampled_from(TASKS),
        queue=st.sampled_from(QUEUES),
        queued_at=SECONDS,
        priority=st.integers(0, 2),
        tier=st.sampled_from([NORMAL, NORMAL, NORMAL, EMERGENCY]),
        boost_s=st.sampled_from([0.0, 30.0]),
        language=st.sampled_from([None, "zh", "en"]),
        last_agent=st.sampled_from([None, *NAMES]),
        wanted_agent=st.sampled_from([None, None, *NAMES]),
        sticky_until=st.sampled_from([0.0, NOW + 15]),
        refused=st.dictionaries(
            st.sampled_from(NAMES), st.integers(-60, 60).map(lambda s: NOW + s), max_size=3
        ),
    )


class Day(RuleBasedStateMachine):
    """A shop's day: whatever may happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.now = NOW
        for name in QUEUES:
            self.engine.put_queue(QueueFacts(id=name))
        self.live: dict[str, tuple[str, ...]] = {}
        self.dealt: dict[str, str] = {}

    @rule(agent=agents())
    def agent_changes(self, agent: AgentFacts) -> None:
        mine = [task for task, names in self.live.items() if agent.id in names]
        for task_id in mine:
            agent = holding(agent, self.engine.queues[self.engine.tasks[task_id].queue])
        self.engine.put_agent(agent)
        self.decide()

    @rule(queue=queues())
    def queue_changes(self, queue: QueueFacts) -> None:
        """Its options change; what a task of it takes stays, so that the books stay simple."""
        old = self.engine.queues[queue.id]
        same = {"units": old.units, "interruptible": old.interruptible}
        held = any(self.engine.tasks[name].queue == queue.id for name in self.live)
        self.engine.put_queue(replace(queue, **same) if held else queue)
        self.decide()

    @rule(several=st.lists(tasks(), min_size=1, max_size=4))
    def customers_come(self, several: list[TaskFacts]) -> None:
        for task in several:
            if task.id not in self.live:
                self.engine.put_task(task)
        self.decide()

    @rule(name=st.sampled_from(TASKS))
    def customer_leaves(self, name: str) -> None:
        for agent_id in self.live.pop(name, ()):
            self.frees(agent_id, self.engine.tasks[name].queue)
        self.engine.drop_task(name)
        self.decide()

    @rule(name=st.sampled_from(TASKS), first=st.booleans())
    def offer_is_declined(self, name: str, first: bool) -> None:
        """By one of those who have it; it waits again when nobody has it any more."""
        if name in self.live:
            names, task = self.live.pop(name), self.engine.tasks[name]
            agent_id = names[0] if first else names[-1]
            left = tuple(other for other in names if other != agent_id)
            refused = {**task.refused, agent_id: self.now + 60}
            self.engine.put_task(replace(task, offered_to=left, refused=refused, boost_s=30.0))
            if left:
                self.live[name] = left
            self.frees(agent_id, task.queue)
            self.decide()

    @rule(name=st.sampled_from(TASKS))
    def offer_is_accepted(self, name: str) -> None:
        if name in self.live:
            names, task = self.live.pop(name), self.engine.tasks[name]
            if names[0] in self.engine.pool.agents:
                self.engine.took(name, names[0], self.now)
                self.decide()
                self.engine.freed(names[0], task.queue, self.now)
            else:
                self.engine.drop_task(name)
            self.decide()

    @rule(name=st.sampled_from(NAMES))
    def agent_is_removed(self, name: str) -> None:
        self.engine.drop_agent(name)
        for task_id, names in list(self.live.items()):
            if name in names:
                left = tuple(other for other in names if other != name)
                self.live[task_id] = left
                if not left:
                    del self.live[task_id]
                self.engine.put_task(replace(self.engine.tasks[task_id], offered_to=left))
        self.decide()

    @rule(seconds=st.integers(1, 60))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.decide()

    @invariant()
    def p5_nobody_waits_beside_a_free_hand(self) -> None:
        """But for hands that are kept for somebody whose turn is earlier."""
        kept = reserved(self.engine, self.now)
        for task in self.engine.tasks.values():
            for agent in self.engine.pool.agents.values():
                if not task.offered_to and may(self.engine, agent, task, self.now):
                    assert kept[agent.id] < age_turn(self.engine, task, self.now)

    @invariant()
    def p4_nobody_holds_more_than_they_can(self) -> None:
        for agent in self.engine.pool.agents.values():
            assert 0 <= agent.parkable <= agent.in_hand
            assert agent.in_hand - agent.parkable <= agent.capacity or agent.id not in self.live

    @invariant()
    def the_indexes_agree_with_the_facts(self) -> None:
        pool, queueing = self.engine.pool, self.engine.queueing
        rows = [
            name
            for profile in pool.by_index.values()
            for row in (*profile.rows, profile.parking)
            for _, name in row
        ]
        assert sorted(rows) == sorted(
            agent.id for agent in pool.agents.values() if agent.free or _parks(agent)
        )
        assert sum(profile.members for profile in pool.by_index.values()) == len(pool.agents)
        pool.settle()
        for name, service in self.engine.stands.services.items():
            able = [pool.agents[each] for each in pool.agents if name in pool.where[each].queues]
            assert pool.slots[name] == sum(agent.free for agent in able)
            queued = [
                visit
                for task, visit in queueing.visits.items()
                if visit.is_live and visit.is_queued and queueing.tasks[task].queue == name
            ]
            assert sum(stand.live for stand in service.stands) == len(queued)
            for stand in service.stands:
                assert bool(stand.live) == bool(queueing.nonempty & stand.bit)

    def frees(self, agent_id: str, queue_id: str) -> None:
        if agent_id in self.engine.pool.agents:
            self.engine.freed(agent_id, queue_id, self.now)

    def decide(self) -> None:
        settle(self.engine, self.now)
        expected = twin(self.engine, self.now, self.dealt)
        decisions = self.engine.decide(self.now)
        assert [(decision.task, decision.agents) for decision in decisions] == expected
        for decision in decisions:
            self.live[decision.task] = decision.agents
            self.p8_the_record_decides_the_same(decision)

    def p8_the_record_decides_the_same(self, decision: Decision) -> None:
        assert decision.record is not None
        stored = msgspec.json.decode(msgspec.json.encode(to_json(decision.record)))
        assert replay(from_json(stored)) == decision.agents


def _parks(agent: AgentFacts) -> bool:
    return agent.ready and agent.parkable > 0


TestDay = Day.TestCase
TestDay.settings = settings(max_examples=60, stateful_step_count=40)


@given(st.lists(tasks(), unique_by=lambda task: task.id), st.integers(1, 12))
def test_p6_a_freed_slot_goes_to_the_oldest_who_may_have_it(
    waiting: list[TaskFacts], slots: int
) -> None:
    engine = Engine()
    for name in QUEUES:
        engine.put_queue(QueueFacts(id=name))
    for task in waiting:
        engine.put_task(replace(task, refused={}, wanted_agent=None, last_agent=None))
    engine.put_agent(AgentFacts(id="a0", capacity=slots))

    given_out = [decision.task for decision in engine.decide(NOW)]

    in_turn = sorted(
        turn(task, engine.queues[task.queue], SCORE, NOW, ages=False) for task in waiting
    )
    assert given_out == [found[-1] for found in in_turn[:slots]]


STEPS = st.integers(0, 10)
OTHERS = st.lists(st.tuples(st.integers(1, 2000), STEPS), max_size=30)


@given(STEPS, STEPS, OTHERS)
def test_p7_whoever_waits_is_overtaken_only_within_the_bound(
    queue_priority: int, priority: int, others: list[tuple[int, int]]
) -> None:
    """Bound without targets: a minute for each step of priority that the other has more."""
    engine = Engine()
    engine.put_queue(QueueFacts(id="mine", priority=queue_priority))
    served = _served(engine, others, priority, NOW + 3000)

    for overtaker in served[: served.index("me")]:
        later_s, steps = others[int(overtaker[1:])]
        assert later_s <= PRIORITY_STEP_S * (steps - queue_priority - priority)


@given(st.integers(5, 300), st.integers(1, 300), OTHERS, st.integers(0, 4000))
def test_p7_with_targets_nobody_overtakes_who_has_waited_five_targets(
    target_s: int, other_target_s: int, others: list[tuple[int, int]], waited_s: int
) -> None:
    """Bound with targets: after five of them nobody who came later goes first."""
    engine = Engine()
    engine.put_queue(QueueFacts(id="mine", target_s=float(target_s)))
    now = NOW + max(waited_s, max((later_s for later_s, _ in others), default=0))
    served = _served(engine, others, 0, now, other_target_s=float(other_target_s))

    if now - NOW >= AGED_TARGETS * target_s:
        assert served[0] == "me"


def _served(
    engine: Engine,
    others: list[tuple[int, int]],
    priority: int,
    now: float,
    other_target_s: float | None = None,
) -> list[str]:
    engine.put_queue(QueueFacts(id="other", target_s=other_target_s))
    engine.put_task(TaskFacts(id="me", queue="mine", queued_at=NOW, priority=priority))
    for number, (later_s, steps) in enumerate(others):
        engine.put_task(
            TaskFacts(id=f"t{number}", queue="other", queued_at=NOW + later_s, priority=steps)
        )
    engine.put_agent(AgentFacts(id="a0", capacity=100))
    return [decision.task for decision in engine.decide(now)]


@given(st.lists(tasks(), unique_by=lambda task: task.id), st.lists(agents(), min_size=1))
def test_the_same_facts_make_the_same_decisions_in_whatever_order_they_came(
    waiting: list[TaskFacts], people: list[AgentFacts]
) -> None:
    people = list({agent.id: agent for agent in people}.values())
    waiting = [replace(task, sticky_until=0.0) for task in waiting]
    outcomes = []
    for turned in (False, True):
        engine = Engine()
        for name in QUEUES:
            engine.put_queue(QueueFacts(id=name, load=1.0))
        for fact in reversed(waiting) if turned else waiting:
            engine.put_task(fact)
        for agent in reversed(people) if turned else people:
            engine.put_agent(agent)
        outcomes.append([(each.task, each.agents) for each in engine.decide(NOW)])

    assert outcomes[0] == outcomes[1]
