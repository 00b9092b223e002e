import orjson
from msgspec.structs import replace

from routing.explain import Record, from_json, replay, to_json
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.filters import NAMED_MAX
from routing.reasons import facts, matched, sentence
from tests.routing.people import NOW, agent, engine, queue, task


def decided(*given: AgentFacts | QueueFacts | TaskFacts) -> Record:
    found = engine(*given).decide(NOW)[-1].record
    assert found is not None
    return found


def test_p8_the_record_names_the_filter_that_left_each_agent_out() -> None:
    record = decided(
        queue(required={"x": 1}),
        agent("able", skills={"x": 1}),
        agent("unskilled"),
        agent("offline", skills={"x": 1}, online=False),
        agent("away", skills={"x": 1}, status="away"),
        agent("full", skills={"x": 1}, in_hand=1),
        agent("refused", skills={"x": 1}),
        agent("tied", skills={"x": 1}, idle_since=1),
        agent("third", skills={"x": 1}, idle_since=2),
        task("t1", 30, refused={"refused": NOW + 1}),
    )

    assert [each.subject.agent.id for each in record.candidates] == ["able", "tied"]
    assert (record.runner_up, record.decided_by, record.margin) == ("tied", "idle_since", 1.0)
    assert record.chosen == ("able",)
    assert record.removed_agents == {
        "unskilled": "skills",
        "offline": "offline",
        "away": "status",
        "full": "full",
        "refused": "refused",
        "third": "behind",
    }
    assert record.removed == dict.fromkeys(record.removed_agents.values(), 1)


def test_p8_in_a_large_shop_they_are_counted() -> None:
    crowd = [agent(f"n{n:03}", skills={"y": 1}) for n in range(NAMED_MAX)]
    record = decided(
        queue(required={"x": 1}),
        *crowd,
        agent("able", skills={"x": 1}),
        agent("away", skills={"x": 1}, status="away"),
        agent("full", skills={"x": 1}, in_hand=1),
        agent("refused", skills={"x": 1}),
        agent("tied", skills={"x": 1}, idle_since=1),
        agent("wanted", status="available"),
        task("t1", wanted_agent="wanted", refused={"refused": NOW + 1, "left": NOW + 1}),
    )

    assert record.chosen == ("wanted",)
    assert record.removed_agents == {}
    assert record.removed == {
        "skills": NAMED_MAX, "status": 1, "full": 1, "refused": 1, "behind": 1
    }  # fmt: skip


def test_p8_the_record_survives_the_database_and_decides_the_same() -> None:
    record = decided(
        agent("ann", capacity=2, in_hand=1), agent("bob", capacity=4, in_hand=1), task("t1", 5)
    )

    stored = orjson.loads(orjson.dumps(to_json(record)))

    assert from_json(stored) == record
    assert replay(from_json(stored)) == record.chosen == ("bob",)
    assert (record.runner_up, record.decided_by, record.margin) == ("ann", "load", 0.25)


def test_the_reason_is_told_in_a_sentence() -> None:
    ann, bob = agent("ann"), agent("bob")
    told = [
        sentence(decided(*given))
        for given in (
            (ann, task("t1")),
            (ann, bob, task("t1", wanted_agent="bob")),
            (agent("ann", capacity=2), agent("bob", capacity=2, in_hand=1), task("t1")),
            (ann, agent("bob", capacity=2), task("t1", last_agent="bob")),
            (agent("ann", skills={"lang:zh": 4}), bob, task("t1", language="zh")),
            (queue(preferred={"x": 1}), agent("ann", skills={"x": 2}), bob, task("t1")),
            (agent("ann", skills={"x": 1}, idle_since=5), agent("bob", idle_since=9), task("t1")),
            (agent("ann", skills={"x": 1}), bob, task("t1")),
        )
    ]

    assert told == [
        "You are the only one free who can take this.",
        "A colleague has handed this customer to you.",
        "You have the most room: 0 of 2 places are taken.",
        "You spoke with this customer last time.",
        "You speak the customer's language (zh).",
        "You have the skills that this queue prefers.",
        "Of those who suit equally well, you have been free the longest.",
        "It is your turn.",
    ]


def test_p8_of_two_equals_the_first_is_not_called_the_only_one() -> None:
    record = decided(
        agent("ann", capacity=3, idle_since=NOW - 100),
        agent("bob", capacity=3, idle_since=NOW - 20),
        agent("cas", capacity=3, idle_since=NOW - 10),
        task("t1"),
    )

    assert (record.runner_up, record.decided_by, record.margin) == ("bob", "idle_since", 80.0)
    assert (record.compared, record.removed_agents) == (2, {"cas": "behind"})
    assert sentence(record) == "Of those who suit equally well, you have been free the longest."
    assert replay(record) == record.chosen == ("ann",)


def test_p8_nor_where_the_next_in_the_row_has_declined_or_is_at_a_limit() -> None:
    """The second is whoever may take it too; who was named otherwise is compared once."""
    record = decided(
        queue(per_agent_max=1),
        agent("ann", capacity=3, idle_since=1),
        agent("bob", capacity=3, idle_since=2, held={"general": 1}),
        agent("cas", capacity=3, idle_since=3),
        agent("dan", capacity=3, idle_since=4),
        task("t1", refused={"cas": NOW}),
    )

    assert [each.subject.agent.id for each in record.candidates] == ["ann", "dan", "cas"]
    assert record.removed_agents == {"bob": "limit"}
    assert record.runner_up == "dan"


def test_p8_who_holds_work_is_not_told_that_they_have_been_free() -> None:
    ann = agent("ann", capacity=3, in_hand=2, idle_since=NOW - 9999, assigned_at=NOW - 50)
    bob = replace(ann, id="bob", assigned_at=NOW - 20)
    given = "Of those who suit equally well, it is longest since you were given a conversation."
    alike = decided(ann, bob, task("t1"))
    longest = decided(queue(policy="longest_idle"), ann, replace(bob, in_hand=1), task("t1"))

    assert [sentence(each) for each in (alike, longest)] == [given, given]
    assert [facts(each)["decided_by"] for each in (alike, longest)] == ["given", "given"]
    assert (alike.runner_up, alike.decided_by, alike.margin) == ("bob", "idle_since", 30.0)


def test_p8_who_alone_has_nothing_in_hand_is_told_so() -> None:
    asks = queue(policy="longest_idle")
    record = decided(asks, agent("ann"), agent("bob", capacity=2, in_hand=1), task("t1"))

    assert record.decided_by == "busy"
    assert sentence(record) == "Of those who suit equally well, only you have nothing in hand."


def test_speed_is_named_where_it_made_the_others_dearer() -> None:
    """And not where the other one is also wanted elsewhere."""
    fast = agent("bob", skills={"x": 1}, speeds={"x": 1.331}, idle_since=9)
    usual, both = agent("ann", skills={"x": 1}), agent("ann", skills={"x": 1, "y": 1})
    alone = decided(queue(required={"x": 1}), usual, fast, task("t1"))
    other = queue("other", required={"y": 1}, load=9.0)
    needed = decided(queue(required={"x": 1}), other, both, fast, task("t1"))

    assert [each.chosen for each in (alone, needed)] == [("bob",)] * 2
    assert (facts(alone)["decided_by"], facts(alone)["speed"]) == ("speed", 1.331)
    assert sentence(alone) == "You are quickest with conversations like this."
    assert facts(needed)["decided_by"] == "cost"
    assert "speed" not in facts(needed)


def test_the_facts_can_be_checked() -> None:
    record = decided(
        queue(required={"lang:zh": 2, "billing": 1}),
        agent("ann", capacity=3, in_hand=1, skills={"lang:zh": 4, "billing": 3}),
        task("t1", 42.4, language="zh", last_agent="ann"),
    )

    assert facts(record) == {
        "decided_by": "only",
        "waited_s": 42,
        "in_hand": 1,
        "capacity": 3,
        "compared": 1,
        "language": "zh",
        "language_level": 4,
        "last_agent": True,
        "skills": "zh 4, billing 3",
    }


def test_a_customer_hears_a_kind_reason_or_none() -> None:
    asks = queue(required={"returns": 2, "lang:zh": 1})
    both = agent("ann", skills={"returns": 2, "lang:zh": 3})
    heard = [
        matched(decided(*given), "ann")
        for given in (
            (asks, both, task("t1", language="zh-CN")),
            (asks, both, task("t1", language="zh-CN", last_agent="ann")),
            (asks, both, task("t1", language="en")),
            (queue(preferred={"returns": 3}), both, task("t1", language="zh")),
            (asks, agent("ann"), task("t1", wanted_agent="ann")),
            (agent("ann"), task("t1")),
            (agent("bob"), task("t1")),
        )
    ]

    assert heard == [
        "matched_both", "last_agent", "matched_skill", "matched_language", None, None, None
    ]  # fmt: skip


def test_a16_whoever_has_quiet_conversations_is_told_that_they_do_not_count() -> None:
    def said(quiet: int) -> tuple[str, object]:
        record = decided(
            queue(policy="least_loaded"),
            agent("able", capacity=3, in_hand=1, quiet=quiet),
            agent("busy", capacity=3, in_hand=2),
            task("t1"),
        )
        assert from_json(orjson.loads(orjson.dumps(to_json(record)))) == record
        return sentence(record), facts(record).get("quiet")

    room = "You have the most room: 1 of 3 places are taken."
    assert said(0) == (room, None)
    assert said(1) == (room + " Your quiet conversation takes no place.", 1)
    assert said(4) == (room + " Your 4 quiet conversations take no place.", 4)
