"""The engine against a twin that is too simple to be wrong, and against the promises."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from routing.engine import Decision, Engine
from routing.explain import from_json, replay, to_json
from routing.facts import PRIORITY_STEP_S, AgentFacts, QueueFacts, TaskFacts, covers, turn
from routing.policy import LeastLoaded
from tests.routing.people import NOW, pairs

LOADED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
NAMES = [f"a{n}" for n in range(6)]
TASKS = [f"t{n}" for n in range(12)]
QUEUES = ["q0", "q1", "q2"]
SKILLS = st.dictionaries(st.sampled_from(["x", "y", "lang:zh"]), st.integers(1, 2), max_size=3)
SECONDS = st.integers(-200, 0).map(lambda s: NOW + s)


def agents() -> st.SearchStrategy[AgentFacts]:
    return st.builds(
        AgentFacts,
        id=st.sampled_from(NAMES),
        skills=SKILLS,
        capacity=st.integers(1, 3),
        in_hand=st.integers(0, 3),
        status=st.sampled_from(["available", "available", "available", "busy"]),
        online=st.sampled_from([True, True, True, False]),
        idle_since=SECONDS,
    )


def queues() -> st.SearchStrategy[QueueFacts]:
    return st.builds(
        QueueFacts,
        id=st.sampled_from(QUEUES),
        required=SKILLS,
        preferred=SKILLS,
        priority=st.integers(0, 2),
        match_language=st.booleans(),
    )


def tasks() -> st.SearchStrategy[TaskFacts]:
    return st.builds(
        TaskFacts,
        id=st.sampled_from(TASKS),
        queue=st.sampled_from(QUEUES),
        queued_at=SECONDS,
        priority=st.integers(0, 2),
        language=st.sampled_from([None, "zh", "en"]),
        last_agent=st.sampled_from([None, *NAMES]),
        wanted_agent=st.sampled_from([None, None, *NAMES]),
        refused=st.dictionaries(
            st.sampled_from(NAMES), st.integers(-60, 60).map(lambda s: NOW + s), max_size=3
        ),
    )


def may(engine: Engine, agent: AgentFacts, task: TaskFacts, now: float) -> bool:
    able = covers(agent.skills, engine.queues[task.queue].required)
    kept = task.refused.get(agent.id, now) > now
    return agent.free > 0 and (able or task.wanted_agent == agent.id) and not kept


def twin(engine: Engine, now: float) -> list[tuple[str, str]]:
    """Go through all who wait in the order of turns and give each the best of all agents."""
    policy, found = LeastLoaded(), list[tuple[str, str]]()
    agents = dict(engine.pool.agents)
    waiting = [task for task in engine.tasks.values() if task.offered_to is None]
    for task in sorted(waiting, key=lambda task: turn(task, engine.queues[task.queue])):
        queue = engine.queues[task.queue]
        able = [agent for agent in agents.values() if may(engine, agent, task, now)]
        if able:
            best = min(able, key=lambda agent: (policy.rank(task, queue, agent), agent.id))
            agents[best.id] = replace(best, in_hand=best.in_hand + 1)
            found.append((task.id, best.id))
    return found


class Day(RuleBasedStateMachine):
    """A shop's day: whatever may happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.now = NOW
        for name in QUEUES:
            self.engine.put_queue(QueueFacts(id=name))
        self.live: dict[str, str] = {}

    @rule(agent=agents())
    def agent_changes(self, agent: AgentFacts) -> None:
        held = sum(name == agent.id for name in self.live.values())
        self.engine.put_agent(replace(agent, in_hand=max(held, min(agent.in_hand, agent.capacity))))
        self.decide()

    @rule(queue=queues())
    def queue_changes(self, queue: QueueFacts) -> None:
        self.engine.put_queue(queue)
        self.decide()

    @rule(several=st.lists(tasks(), min_size=1, max_size=4))
    def customers_come(self, several: list[TaskFacts]) -> None:
        for task in several:
            if task.id not in self.live:
                self.engine.put_task(task)
        self.decide()

    @rule(name=st.sampled_from(TASKS))
    def customer_leaves(self, name: str) -> None:
        self.engine.drop_task(name)
        self.frees(self.live.pop(name, None))
        self.decide()

    @rule(name=st.sampled_from(TASKS))
    def offer_is_declined(self, name: str) -> None:
        if name in self.live:
            agent_id, task = self.live.pop(name), self.engine.tasks[name]
            refused = {**task.refused, agent_id: self.now + 60}
            self.engine.put_task(replace(task, offered_to=None, refused=refused))
            self.frees(agent_id)
            self.decide()

    @rule(name=st.sampled_from(NAMES))
    def agent_is_removed(self, name: str) -> None:
        self.engine.drop_agent(name)
        for task_id in [task for task, agent in self.live.items() if agent == name]:
            del self.live[task_id]
            self.engine.put_task(replace(self.engine.tasks[task_id], offered_to=None))
        self.decide()

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.decide()

    @invariant()
    def p5_nobody_waits_beside_a_free_hand(self) -> None:
        for task in self.engine.tasks.values():
            for agent in self.engine.pool.agents.values():
                assert task.offered_to is not None or not may(self.engine, agent, task, self.now)

    @invariant()
    def the_indexes_agree_with_the_facts(self) -> None:
        pool = self.engine.pool
        free = [row for profile in pool.profiles.values() for line in profile.rows for row in line]
        assert sorted(name for _, name in free) == sorted(
            agent.id for agent in pool.agents.values() if agent.free
        )
        assert sum(profile.members for profile in pool.profiles.values()) == len(pool.agents)
        lines = [key[1] for line in self.engine.lines.values() for key in line.everyone]
        assert sorted(lines) == sorted(self.engine.tasks)

    def frees(self, agent_id: str | None) -> None:
        agent = self.engine.pool.agents.get(agent_id or "")
        if agent is not None:
            self.engine.put_agent(replace(agent, in_hand=agent.in_hand - 1, idle_since=self.now))

    def decide(self) -> None:
        expected = twin(self.engine, self.now)
        decisions = self.engine.decide(self.now)
        assert pairs(decisions) == expected
        for decision in decisions:
            self.live[decision.task] = decision.agent
            agent = self.engine.pool.agents[decision.agent]
            assert agent.in_hand <= agent.capacity
            self.p8_the_record_decides_the_same(decision)

    def p8_the_record_decides_the_same(self, decision: Decision) -> None:
        assert decision.record is not None
        assert replay(from_json(to_json(decision.record))) == decision.agent


TestDay = Day.TestCase
TestDay.settings = settings(LOADED, max_examples=40, stateful_step_count=40)


@settings(LOADED)
@given(st.lists(tasks(), unique_by=lambda task: task.id), st.integers(1, 12))
def test_p6_a_freed_slot_goes_to_the_oldest_who_may_have_it(
    waiting: list[TaskFacts], slots: int
) -> None:
    engine = Engine()
    for name in QUEUES:
        engine.put_queue(QueueFacts(id=name))
    for task in waiting:
        engine.put_task(replace(task, refused={}))
    engine.put_agent(AgentFacts(id="a0", capacity=slots))

    given_out = [decision.task for decision in engine.decide(NOW)]

    in_turn = sorted(waiting, key=lambda task: turn(task, engine.queues[task.queue]))
    assert given_out == [task.id for task in in_turn[:slots]]


@settings(LOADED)
@given(
    st.integers(0, 10),
    st.integers(0, 10),
    st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 20)), max_size=30),
)
def test_p7_whoever_waits_is_overtaken_only_within_the_bound(
    queue_priority: int, priority: int, others: list[tuple[int, int]]
) -> None:
    """Bound: a minute for each step of priority that the other has more."""
    engine = Engine()
    engine.put_queue(QueueFacts(id="mine", priority=queue_priority))
    engine.put_queue(QueueFacts(id="other"))
    engine.put_task(TaskFacts(id="me", queue="mine", queued_at=NOW, priority=priority))
    for number, (later_s, steps) in enumerate(others):
        engine.put_task(
            TaskFacts(id=f"t{number}", queue="other", queued_at=NOW + later_s, priority=steps)
        )
    engine.put_agent(AgentFacts(id="a0", capacity=100))

    served = [decision.task for decision in engine.decide(NOW)]

    for overtaker in served[: served.index("me")]:
        later_s, steps = others[int(overtaker[1:])]
        assert later_s <= PRIORITY_STEP_S * (steps - queue_priority - priority)
