"""P7: whoever needs several units is not overtaken for ever by those who need only one."""

from collections import Counter

import pytest
from msgspec.structs import replace

from routing.engine import Engine
from routing.facts import EMERGENCY, AgentFacts, QueueFacts, TaskFacts
from routing.filters import NAMED_MAX
from routing.saving import SAVE_MAX
from routing.waiting import why_waiting
from tests.routing.people import NOW, agent, engine, pairs, queue, task

CHAT_S = 10
"""So often somebody ends a chat, and somebody else comes."""

LATE = NOW - 1000.0
"""When who has waited far too long was queued."""


def chat(number: int, at: float) -> TaskFacts:
    return task(f"chat{number:04}", queue="chat", queued_at=at)


def call(name: str = "call", at: float = LATE, **facts: object) -> TaskFacts:
    return task(name, queue="call", queued_at=at, **facts)


def shop(*facts: AgentFacts | QueueFacts | TaskFacts, units: int = 3) -> Engine:
    """One where chats take one unit, and calls several."""
    return engine(queue("chat"), queue("call", units=units), *facts)


class Stream:
    """A shop so full of chats that one comes whenever something ends, for as long as one likes."""

    def __init__(self, target_s: float | None, *agents: AgentFacts) -> None:
        self.engine = engine(
            queue("chat", target_s=target_s), queue("call", units=3, target_s=target_s), *agents
        )
        self.now, self.came = NOW, 0
        self.held: list[tuple[str, str, str]] = []
        """Agent, queue and task, whatever ends first in front."""
        self.served: dict[str, float] = {}
        """When each was taken."""
        for _ in range(4 * len(agents)):
            self.comes()
        self.decides()

    def comes(self) -> None:
        self.came += 1
        self.engine.put_task(chat(self.came, self.now))

    def calls(self, *tasks: TaskFacts) -> None:
        for each in tasks:
            self.engine.put_task(each)
        self.decides()

    def decides(self) -> None:
        for decision in self.engine.decide(self.now):
            queue_id = self.engine.tasks[decision.task].queue
            self.held.append((decision.agent, queue_id, decision.task))
            self.served[decision.task] = self.now
            self.engine.took(decision.task, decision.agent, self.now)

    def goes_on(self, ends: int) -> None:
        """Let so many end, and as many chats come."""
        for _ in range(ends):
            self.now += CHAT_S
            self.comes()
            name, queue_id, _ = self.held.pop(0)
            self.engine.freed(name, queue_id, self.now)
            self.decides()

    def served_since(self, at: float) -> list[str]:
        return [name for name, when in self.served.items() if when >= at]


@pytest.mark.parametrize(("target_s", "saves_s"), [(20.0, 100), (None, 300)])
def test_p7_a_call_beside_a_stream_of_chats_is_served(target_s: float | None, saves_s: int) -> None:
    """Once it saves, three chats end and it is served; nobody else is meanwhile."""
    day = Stream(target_s, agent("ann", capacity=3))
    day.calls(call(at=NOW))
    day.goes_on(40)
    assert day.served["call"] == NOW + saves_s + 2 * CHAT_S
    assert day.served_since(NOW + saves_s)[0] == "call"


def test_p7_an_emergency_saves_at_once() -> None:
    day = Stream(None, agent("ann", capacity=3))
    day.calls(call(at=NOW, tier=EMERGENCY))
    day.goes_on(5)
    assert day.served["call"] == NOW + 3 * CHAT_S


def test_p7_of_several_agents_one_saves_and_the_others_go_on() -> None:
    day = Stream(None, *(agent(name, capacity=4) for name in ("ann", "bob", "cas")))
    day.calls(call(at=NOW, tier=EMERGENCY))
    day.goes_on(9)
    assert day.served["call"] <= NOW + 9 * CHAT_S
    assert len(day.served_since(NOW + CHAT_S)) == 1 + 6


def test_p7_several_calls_are_served_in_turn_and_never_hold_half_each() -> None:
    day = Stream(20.0, agent("ann", capacity=3), agent("bob", capacity=4))
    names = [f"call{number}" for number in range(4)]
    day.calls(*(call(name, at=NOW + number) for number, name in enumerate(names)))
    day.goes_on(60)
    assert [name for name in day.served if name in names] == names
    assert day.served["call3"] <= NOW + 100 + 20 * CHAT_S


def test_p7_room_grows_where_most_of_it_is() -> None:
    """Bob has two places free, ann one; when ann has three it is she, and bob is free for chats."""
    ann = agent("ann", capacity=4, in_hand=3)
    made = shop(ann, agent("bob", capacity=4, in_hand=2), call(), chat(1, NOW), chat(2, NOW))
    assert pairs(made.decide(NOW)) == [("chat0001", "ann")]
    made.put_agent(replace(ann, in_hand=1))
    assert pairs(made.decide(NOW)) == [("call", "ann"), ("chat0002", "bob")]


@pytest.mark.parametrize(
    "gone", [{"status": "away"}, {"online": False}, {"responding": False}, {"idle": True}]
)
def test_p7_whoever_leaves_saves_no_longer_and_another_does(gone: dict[str, object]) -> None:
    ann, bob = (agent(name, capacity=3, in_hand=held) for name, held in (("ann", 1), ("bob", 2)))
    made = shop(ann, bob, call())
    assert made.decide(NOW) == []
    assert made.saving.kept == {"ann": "call"}
    made.put_agent(replace(ann, **gone))
    made.put_task(chat(1, NOW))
    assert made.decide(NOW) == []
    assert made.saving.kept == {"bob": "call"}
    made.put_agent(replace(bob, in_hand=0))
    assert pairs(made.decide(NOW)) == [("call", "bob")]


def test_p7_whoever_declined_is_free_for_others_meanwhile() -> None:
    made = shop(agent("ann", capacity=3), agent("bob", capacity=3, in_hand=2), call())
    assert pairs(made.decide(NOW)) == [("call", "ann")]
    made.put_task(call(refused={"ann": NOW + 60}, boost_s=30.0))
    made.put_agent(agent("ann", capacity=3))
    made.put_task(chat(1, NOW))
    made.put_task(chat(2, NOW))
    assert pairs(made.decide(NOW)) == [("chat0001", "ann"), ("chat0002", "ann")]
    assert made.saving.kept == {"bob": "call"}


def test_p7_whoever_is_at_the_limit_of_the_queue_saves_nothing() -> None:
    asks = queue("call", units=3, per_agent_max=1)
    full = agent("ann", capacity=5, in_hand=3, held={"call": 1})
    made = engine(queue("chat"), asks, full, agent("bob", capacity=2), call(), chat(1, NOW))
    assert pairs(made.decide(NOW)) == [("chat0001", "bob")]
    assert made.saving.kept == {}


def test_p7_who_waits_alone_for_somebody_saves_with_them() -> None:
    ann, bob = agent("ann", capacity=3, in_hand=1), agent("bob", capacity=3)
    knows = call(last_agent="ann", sticky_until=NOW + 60)
    made = shop(ann, bob, knows, chat(1, NOW), chat(2, NOW), chat(3, NOW), chat(4, NOW))
    assert {who for _, who in pairs(made.decide(NOW))} == {"bob"}
    assert made.saving.kept == {"ann": "call"}


def test_p7_work_that_could_be_interrupted_is_not_replaced_by_later_work_either() -> None:
    """An e-mail of two units waits for ann; a chat that came later would push in for ever."""
    mail = queue("mail", units=2, interruptible=True)
    ann = agent("ann", capacity=3, in_hand=2, parkable=2)
    made = engine(queue("chat"), mail, ann, task("m", queue="mail", queued_at=LATE), chat(1, NOW))
    assert made.decide(NOW) == []
    made.put_agent(agent("ann", capacity=3, in_hand=1, parkable=1))
    assert pairs(made.decide(NOW)) == [("m", "ann"), ("chat0001", "ann")]


def test_p7_whose_turn_is_earlier_still_takes_what_is_saved() -> None:
    made = shop(agent("ann", capacity=3, in_hand=2), call(), chat(1, LATE - 1), chat(2, NOW))
    assert pairs(made.decide(NOW)) == [("chat0001", "ann")]
    urgent = shop(agent("ann", capacity=3, in_hand=2), call(), replace(chat(1, NOW), tier=-1))
    assert pairs(urgent.decide(NOW)) == [("chat0001", "ann")]


def test_p7_nothing_is_saved_before_its_time_nor_for_what_takes_one_unit() -> None:
    made = shop(agent("ann", capacity=3, in_hand=2), call(at=NOW - 299), chat(1, NOW))
    assert made.next_due() is None
    assert pairs(made.decide(NOW)) == [("chat0001", "ann")]
    assert made.next_due() == NOW + 1
    alone = shop(agent("ann", in_hand=1), chat(1, LATE))
    assert alone.decide(NOW) == []
    assert (alone.queueing.savers, alone.next_due()) == (set(), None)


def test_p7_when_who_saved_is_gone_there_is_something_to_decide() -> None:
    made = shop(agent("ann", capacity=3, in_hand=1), call(), chat(1, NOW), chat(2, NOW))
    assert made.decide(NOW) == []
    assert not made.is_touched
    made.drop_task("call")
    assert made.is_touched
    assert pairs(made.decide(NOW)) == [("chat0001", "ann"), ("chat0002", "ann")]
    assert not made.saving.kept


@pytest.mark.parametrize(
    ("needs", "facts"),
    [
        ({}, {}),
        ({}, {"last_agent": "ann", "sticky_until": NOW + 900}),
        ({}, {"last_agent": "zoe", "refused": {"bob": NOW + 900}}),
    ],
)
def test_p5_time_alone_lets_a_more_urgent_queue_go_first(
    needs: dict[str, int], facts: dict[str, object]
) -> None:
    """Where there are weights and no targets turns change places as time goes by.

    Somebody who came before them was declined by ann, and does not count.
    """
    made = engine(
        queue("chat", needs, weight=3.0),
        queue("call", units=3),
        agent("ann", capacity=3, in_hand=2),
        call(at=NOW - 300),
        replace(chat(1, NOW - 60), **facts),
        replace(chat(2, NOW - 99), refused={"ann": NOW + 900}),
    )
    assert made.decide(NOW) == []
    due = made.next_due()
    assert due is not None
    assert abs(due - (NOW + 60)) < 0.01
    assert made.decide(due - 1) == []
    assert pairs(made.decide(due)) == [("chat0001", "ann")]
    assert made.next_due() == NOW + 900


# Whom a colleague hands to somebody


@pytest.mark.parametrize("at", [NOW - 60, LATE - 1])
def test_whom_a_colleague_hands_to_somebody_comes_before_that_one_is_kept(at: float) -> None:
    """Nobody else may take a chat that asks for x, and nobody else is asked for it."""
    handed = replace(chat(1, at), wanted_agent="ann")
    made = shop(agent("ann", capacity=4, in_hand=2), agent("bob", capacity=3, in_hand=2), call())
    made.put_task(chat(2, NOW - 90))
    assert pairs(made.decide(NOW)) == [("chat0002", "bob")]
    made.put_task(handed)
    assert pairs(made.decide(NOW)) == [("chat0001", "ann")]
    assert made.saving.kept == {"ann": "call"}, "what is left of her room goes on being saved"


def test_a_hand_over_may_leave_another_with_more_room_to_be_kept() -> None:
    """Whoever could not be given ann's places while she was to be kept has what is left of them."""
    made = shop(agent("ann", capacity=4, in_hand=2), agent("bob", capacity=4, in_hand=3), call())
    assert made.decide(NOW) == []
    assert made.saving.kept == {"ann": "call"}
    made.put_agent(agent("bob", capacity=4, in_hand=2, idle_since=NOW))
    made.put_task(replace(chat(1, NOW), wanted_agent="ann"))
    made.put_task(chat(2, NOW - 5))
    assert pairs(made.decide(NOW)) == [("chat0001", "ann"), ("chat0002", "ann")]
    assert made.saving.kept == {"bob": "call"}


def test_a_hand_over_to_somebody_without_room_waits_for_any_other() -> None:
    made = shop(agent("ann", capacity=3, in_hand=3), agent("bob", capacity=3, in_hand=2), call())
    made.put_task(replace(chat(1, NOW), wanted_agent="ann"))
    assert made.decide(NOW) == []
    assert made.saving.kept == {"bob": "call"}


# P8: it is told


def test_p8_who_saves_is_told_so_and_who_is_passed_over_too() -> None:
    made = shop(
        agent("ann", capacity=3, in_hand=1), agent("bob", in_hand=1), call(), chat(1, NOW - 5)
    )
    assert made.decide(NOW) == []
    saves, waits = (why_waiting(made, name, NOW) for name in ("call", "chat0001"))
    assert (saves.outlook, saves.agents, saves.named["ann"]) == ("saving", ("ann",), "short")
    assert (waits.outlook, waits.agents) == ("reserved", ())
    assert waits.named == {"ann": "reserved", "bob": "full"}


def test_p8_before_it_saves_it_is_told_when_it_will() -> None:
    made = shop(agent("ann", capacity=3, in_hand=1), call(at=NOW - 100))
    made.decide(NOW)
    why = why_waiting(made, "call", NOW)
    assert why.outlook == "short"
    assert [(change.kind, change.at) for change in why.changes] == [("saves", NOW + 200)]


def test_p8_who_only_looks_sees_the_same() -> None:
    made = shop(agent("ann", capacity=3, in_hand=1), call(), call("call2"), chat(1, NOW))
    made.look(NOW)
    assert made.saving.kept == {"ann": "call"}
    assert why_waiting(made, "call2", NOW).outlook == "short"
    assert why_waiting(made, "chat0001", NOW).outlook == "reserved"
    made.put_agent(agent("ann", capacity=3))
    made.look(NOW)
    assert why_waiting(made, "call", NOW).outlook == "free"
    assert why_waiting(made, "chat0001", NOW).outlook == "free"


@pytest.mark.parametrize("crowd", [0, NAMED_MAX])
def test_p8_the_record_names_whose_room_was_saved(crowd: int) -> None:
    others = [agent(f"n{number:03}", in_hand=1) for number in range(crowd)]
    made = shop(agent("ann", capacity=3, in_hand=1), agent("bob"), *others, call(), chat(1, NOW))
    [decision] = made.decide(NOW)
    assert decision.record is not None
    assert decision.agent == "bob"
    found = Counter(decision.record.removed)
    assert (found["reserved"], found["full"], found["behind"]) == (1, crowd, 0)


# However many wait


def test_p7_of_a_queue_so_many_save_at_once_the_first_in_turn() -> None:
    """One more agent than may be kept has a free place, and it is given to the chat."""
    crowd = [agent(f"a{number:02}", capacity=3, in_hand=1) for number in range(SAVE_MAX + 1)]
    calls = [call(f"call{number:02}", at=LATE + number) for number in range(SAVE_MAX + 5)]
    made = shop(*crowd, *calls, chat(1, NOW))
    assert pairs(made.decide(NOW)) == [("chat0001", f"a{SAVE_MAX:02}")]
    assert sorted(made.saving.kept.values()) == [each.id for each in calls[:SAVE_MAX]]

    made.drop_task("call00")
    made.put_task(chat(2, NOW))
    assert pairs(made.decide(NOW)) == [("chat0002", f"a{SAVE_MAX:02}")]
    assert sorted(made.saving.kept.values()) == [each.id for each in calls[1 : SAVE_MAX + 1]]


def test_p7_those_of_another_queue_save_beside_them() -> None:
    others = [call(f"call{number:02}", at=LATE + number) for number in range(SAVE_MAX)]
    made = engine(
        queue("call", {"x": 1}, units=3),
        queue("visit", units=2),
        agent("ann", skills={"x": 1}, capacity=3, in_hand=2),
        agent("bob", capacity=2, in_hand=1),
        task("visit", queue="visit", queued_at=NOW - 400),
        *others,
    )
    assert made.decide(NOW) == []
    assert made.saving.kept == {"ann": "call00", "bob": "visit"}


def test_p8_whose_room_is_saved_is_no_runner_up() -> None:
    ann, bob, cas = (
        agent(name, capacity=3, in_hand=1, assigned_at=NOW - at)
        for name, at in (("ann", 90), ("bob", 60), ("cas", 30))
    )
    alone = call(last_agent="bob", sticky_until=NOW + 60)
    [decision] = shop(ann, bob, cas, alone, chat(1, NOW)).decide(NOW)
    assert decision.record is not None
    assert (decision.agent, decision.record.runner_up) == ("ann", "cas")
    assert decision.record.removed_agents == {"bob": "reserved"}


def test_p7_who_comes_and_saves_at_once_keeps_one_agent_beside_those_who_wait() -> None:
    """Calls of another urgency come when some save already; each keeps one, however it is found."""
    crowd = [agent(f"a{number}", capacity=3, in_hand=1) for number in range(4)]
    made = shop(*crowd, call("call1", at=LATE), call("call2", at=LATE + 9))
    assert made.decide(NOW) == []
    made.put_task(call("call0", at=LATE - 9))
    made.put_task(chat(1, NOW))
    assert pairs(made.decide(NOW)) == [("chat0001", "a3")]
    assert sorted(made.saving.kept.values()) == ["call0", "call1", "call2"]
