"""Long busy days, drawn from a seed: the engine against its twin, many decisions each."""

from collections import Counter
from random import Random

import pytest

from routing import filters
from routing.engine import Decision, Engine
from routing.facts import EMERGENCY, NORMAL, AgentFacts, QueueFacts, Ring, TaskFacts
from routing.filters import left_out
from routing.line import Visit
from routing.policy import OFFERED
from routing.turns import HAIR_S
from tests.routing.test_promises import NAMES, QUEUES, TASKS, Day
from tests.routing.twin import left, twin

STEPS = 150


class LongDay(Day):
    """A day on which most are there and there is always something to decide."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = Random(seed)
        self.engine.saving.most = 1 + seed % 4
        self.has_targets = seed % 3 > 0
        self.decided: Counter[tuple[str, bool]] = Counter()
        """How many decisions, by policy and whether there was a choice."""
        for name in QUEUES:
            self.queue_changes(queue=self.queue(name))
        for name in NAMES:
            self.agent_changes(agent=self.agent(name))

    def step(self) -> None:
        """Let one thing happen, and see that what must hold does."""
        deeds = {
            self.some_come: 6,
            self.one_is_accepted: 6,
            self.one_is_declined: 1,
            self.one_leaves: 1,
            self.somebody_changes: 3,
            self.something_is_set: 1,
            self.somebody_is_removed: 1,
            self.time_goes_by: 3,
        }
        [deed] = self.chance.choices(list(deeds), list(deeds.values()))
        deed()
        self.p5_nobody_waits_beside_a_free_hand()
        self.the_indexes_agree_with_the_facts()
        self.nothing_is_due_before_it_is_said()

    def nothing_is_due_before_it_is_said(self) -> None:
        """Until then time alone makes no match."""
        due = self.engine.next_due()
        at = self.now + 60 if due is None else min(due - 2 * HAIR_S, self.now + 60)
        if at > self.now:
            assert twin(self.engine, at, {**self.dealt}) == []

    def some_come(self) -> None:
        self.customers_come(several=[self.task() for _ in range(self.chance.randint(1, 3))])

    def one_is_accepted(self) -> None:
        self.offer_is_accepted(name=self.one_live())

    def one_is_declined(self) -> None:
        self.offer_is_declined(name=self.one_live(), first=self.is_so(0.5))

    def one_leaves(self) -> None:
        self.customer_leaves(name=self.chance.choice(TASKS))

    def somebody_changes(self) -> None:
        self.agent_changes(agent=self.agent(self.chance.choice(NAMES)))

    def something_is_set(self) -> None:
        self.queue_changes(queue=self.queue(self.chance.choice(QUEUES)))

    def somebody_is_removed(self) -> None:
        self.agent_is_removed(name=self.chance.choice(NAMES))

    def time_goes_by(self) -> None:
        self.time_passes(seconds=self.chance.randint(1, 60))

    def p8_the_record_decides_the_same(self, decision: Decision) -> None:
        super().p8_the_record_decides_the_same(decision)
        assert decision.record is not None
        self.decided[decision.record.policy, decision.record.compared > 1] += 1

    # Facts, drawn

    def is_so(self, share: float) -> bool:
        return self.chance.random() < share

    def one_live(self) -> str:
        return self.chance.choice(sorted(self.live) or TASKS)

    def skills(self, share: float) -> dict[str, int]:
        known = [name for name in ("x", "y", "lang:zh") if self.is_so(share)]
        return {name: self.chance.randint(1, 3) for name in known}

    def before(self, most_s: int) -> float:
        return self.now - self.chance.randint(0, most_s)

    def agent(self, name: str) -> AgentFacts:
        return AgentFacts(
            id=name,
            skills=self.skills(0.7),
            speeds={"x": self.chance.choice([0.7, 1.3])} if self.is_so(0.3) else {},
            capacity=self.chance.randint(1, 4),
            status="busy" if self.is_so(0.1) else "available",
            online=self.is_so(0.9),
            responding=self.is_so(0.95),
            idle=self.is_so(0.05),
            idle_since=self.before(200),
            assigned_at=self.before(200),
        )

    def queue(self, name: str) -> QueueFacts:
        rings = [Ring(needs=self.skills(0.3))]
        while self.is_so(0.4):
            after_s = rings[-1].after_s + self.chance.randint(1, 40)
            rings.append(Ring(after_s=after_s, needs=self.skills(0.2), skip=self.is_so(0.5)))
        return QueueFacts(
            id=name,
            rings=tuple(rings),
            preferred=self.skills(0.2),
            priority=self.chance.randint(0, 2),
            target_s=self.chance.choice([None, None, 10.0, 30.0]) if self.has_targets else None,
            weight=self.chance.choice([1.0, 1.0, 2.0]),
            match_language=self.is_so(0.5),
            policy=self.chance.choice([*OFFERED]),
            units=self.chance.choice([1, 1, 2, 3, 4]),
            interruptible=self.is_so(0.2),
            per_agent_max=self.chance.choice([None, None, None, 1]),
            offers_at_once=self.chance.choice([1, 1, 2]),
            load=self.chance.choice([0.0, 1.0, 3.0]),
        )

    def task(self) -> TaskFacts:
        named = [None, None, None, *NAMES]
        refused = [name for name in NAMES if self.is_so(0.1)]
        return TaskFacts(
            id=self.chance.choice(TASKS),
            queue=self.chance.choice(QUEUES),
            queued_at=self.before(400),
            priority=self.chance.randint(0, 2),
            tier=EMERGENCY if self.is_so(0.15) else NORMAL,
            boost_s=self.chance.choice([0.0, 0.0, 30.0]),
            language=self.chance.choice([None, "zh", "en"]),
            last_agent=self.chance.choice(named),
            wanted_agent=self.chance.choice(named) if self.is_so(0.3) else None,
            sticky_until=self.now + 15 if self.is_so(0.3) else 0.0,
            refused={name: self.now + self.chance.randint(-60, 60) for name in refused},
        )


@pytest.mark.parametrize("seed", range(12))
def test_p8_the_twin_decides_the_same_all_day(seed: int) -> None:
    day = LongDay(seed)
    for _ in range(STEPS):
        day.step()


@pytest.mark.parametrize("seed", range(40, 44))
def test_p8_in_a_large_shop_those_left_out_are_counted_as_by_name(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting by profile says the same, but for what it leaves open."""
    day, found = LongDay(seed), Counter[str]()
    for _ in range(STEPS):
        day.step()
        engine = day.engine
        for task in (each for each in engine.tasks.values() if not each.offered_to):
            visit = engine.queueing.visits[task.id]
            monkeypatch.setattr(filters, "NAMED_MAX", len(NAMES))
            named, _ = left_out(engine, task, visit, set(), day.now)
            monkeypatch.setattr(filters, "NAMED_MAX", 0)
            none, counts = left_out(engine, task, visit, set(), day.now)
            assert none == {}
            known = {*task.refused, *engine.saving.kept}
            expected = Counter(
                reason if name in known and is_in_reach(engine, name, visit)
                else by_profile(engine, name, visit)
                for name, reason in named.items()
            )  # fmt: skip
            assert counts == expected
            found += expected
    assert {"skills", "status", "full", "short", "refused", "behind"} <= found.keys()


def is_in_reach(engine: Engine, name: str, visit: Visit) -> bool:
    is_let_in = engine.pool.where[name].bit & visit.stand.mask
    return bool(is_let_in) and engine.pool.agents[name].ready


def by_profile(engine: Engine, name: str, visit: Visit) -> str:
    agent, queue = engine.pool.agents[name], visit.stand.queue
    if not is_in_reach(engine, name, visit):
        is_let_in = engine.pool.where[name].bit & visit.stand.mask
        return "status" if is_let_in else "skills"
    units = left(agent, queue)
    return "behind" if units >= queue.units else "short" if units > 0 else "full"


def test_the_days_are_worth_living() -> None:
    """Every policy had something to choose, more than once, and room was saved for several."""
    decided: Counter[tuple[str, bool]] = Counter()
    kept = 0
    for seed in range(20, 40):
        day = LongDay(seed)
        for _ in range(STEPS):
            day.step()
            kept += len(day.engine.saving.kept)
        decided += day.decided
    assert all(decided[policy, True] > 5 for policy in OFFERED), decided
    assert kept > 50
