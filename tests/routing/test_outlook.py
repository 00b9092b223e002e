"""What the outlook shows is what the engine would do with a task of that age."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.engine import Engine
from routing.facts import AgentFacts, QueueFacts, Ring, TaskFacts
from routing.outlook import HAIR_S, outlook
from tests.routing.people import NOW
from tests.routing.test_promises import POLICY, agents, rings

LOADED = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PEOPLE = st.lists(agents(), max_size=6, unique_by=lambda agent: agent.id)


def staffed(people: list[AgentFacts], *queues: QueueFacts) -> Engine:
    engine = Engine()
    for queue in queues:
        engine.put_queue(queue)
    for agent in people:
        engine.put_agent(agent)
    return engine


@LOADED
@given(PEOPLE, rings(), POLICY, st.sampled_from([None, "zh"]), st.integers(1, 2))
def test_the_first_of_each_age_is_whom_the_engine_would_ask(
    people: list[AgentFacts], steps: tuple[Ring, ...], policy: str, language: str | None, units: int
) -> None:
    queues = (QueueFacts(id="q", rings=steps, policy=policy, units=units), QueueFacts(id="other"))
    for row in outlook(staffed(people, *queues), "q", language, NOW, 9):
        queued_at = NOW - row.after_s - HAIR_S
        engine = staffed(people, *queues)
        lot = f"~{row.after_s}"  # who draws lots draws by the name of the task
        engine.put_task(TaskFacts(id=lot, queue="q", queued_at=queued_at, language=language))
        asked = [decision.agent for decision in engine.decide(NOW)]
        assert asked == [name for _, name, _ in row.able[:1]]
        assert row.is_covered == bool(row.able or row.unable)


def test_looking_leaves_nobody_waiting_and_nobody_asked() -> None:
    mei = AgentFacts(id="mei", capacity=1)
    engine = staffed([mei], QueueFacts(id="q", rings=(Ring(), Ring(after_s=20))))
    rows = outlook(engine, "q", None, NOW, 1)
    assert [row.after_s for row in rows] == [0]
    assert (engine.tasks, engine.pool.agents["mei"].in_hand) == ({}, 0)
    assert engine.decide(NOW) == []
