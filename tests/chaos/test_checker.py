"""Broken histories, one for each finding: whatever the checker is for, it sees."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadtest.chaos.checker import Kind, check
from loadtest.chaos.history import Ack, Ending, History, Saying, Seen, Taking
from loadtest.chaos.stored import Change, Held, Look, Row, Stored

TALK = "talk"
ROWS = (
    Row(TALK, 1, "cust-1", "cust-1"),
    Row(TALK, 2, "notice", "Ann", is_notice=True),
    Row(TALK, 3, "ann-1", "ann-1"),
    Row(TALK, 4, "cust-2", "cust-2"),
)
STORED = Stored(
    conversations=[Held(TALK, "visitor", "cust-1", "active", 4)],
    messages=ROWS,
    changes=[
        Change(TALK, "queued", "queued", None),
        Change(TALK, "offered", "offered", "ann"),
        Change(TALK, "offered", "offered", "bob"),
        Change(TALK, "accepted", "active", "ann"),
    ],
    taken={"offer": "ann"},
    capacity={"ann": 1, "bob": 1},
)


def seen(row: Row, *, is_shown: bool = True, seq: int | None = None) -> Seen:
    number = row.seq if seq is None else seq
    return Seen(row.conversation, number, row.client_id, row.text, 0.0, 0, True, is_shown)


def said(row: Row, *seqs: int) -> Saying:
    acks = [Ack(seq, 0.0, 0.0, 0) for seq in seqs]
    return Saying(row.client_id, row.text, row.conversation, acks)


def histories() -> tuple[History, History, History]:
    """What a customer, the agent who has the talk and one who was asked too can testify."""
    customer, ann, bob = History("customer"), History("ann"), History("bob")
    customer.sayings = [said(ROWS[0], 1), said(ROWS[3], 4)]
    ann.sayings = [said(ROWS[2], 3)]
    for reader in (customer, ann):
        reader.seen = [seen(row) for row in ROWS]
        reader.follows = {TALK: 0.0}
    ann.takings = [Taking("offer", TALK, 0.0, 0.0, 1.0)]
    bob.takings = [Taking("offer too", TALK, 0.0)]
    return customer, ann, bob


def kinds(stored: Stored, *told: History, looks: list[Look] | None = None) -> set[Kind]:
    return {finding.kind for finding in check(told or histories(), stored, looks or [])}


def test_a_talk_that_went_well_has_no_findings() -> None:
    assert kinds(STORED) == set()


def test_a_gap_that_was_healed_before_it_was_shown_is_well() -> None:
    customer, ann, bob = histories()
    ann.seen = [seen(ROWS[0]), seen(ROWS[2], is_shown=False), *map(seen, ROWS[1:]), seen(ROWS[3])]
    ann.seen[-1] = seen(ROWS[3], is_shown=False)

    assert kinds(STORED, customer, ann, bob) == set()


def test_an_acked_message_without_a_row_is_lost() -> None:
    rows = [Row(TALK, 4, "other", "other") if row.seq == 4 else row for row in ROWS]

    assert "lost" in kinds(replace(STORED, messages=rows))


def test_an_acked_accept_without_an_accepted_offer_is_lost() -> None:
    assert kinds(replace(STORED, taken={})) == {"lost"}


def test_an_acked_end_of_a_talk_that_goes_on_is_lost() -> None:
    customer, ann, bob = histories()
    customer.endings = [Ending(TALK, 1.0)]

    assert kinds(STORED, customer, ann, bob) == {"lost"}


@pytest.mark.parametrize(
    "twin",
    [
        Row(TALK, 5, "cust-2", "other"),
        Row(TALK, 4, "other", "other"),
        Row(TALK, 5, "other", "cust-2"),
        Row("elsewhere", 1, "cust-2", "cust-2"),
    ],
    ids=["client_id", "number", "text", "text elsewhere"],
)
def test_a_message_that_is_there_twice_is_doubled(twin: Row) -> None:
    assert "doubled" in kinds(replace(STORED, messages=[*ROWS, twin]))


def test_two_answers_with_different_numbers_are_doubled() -> None:
    customer, ann, bob = histories()
    customer.sayings[1] = said(ROWS[3], 4, 5)

    assert "doubled" in kinds(STORED, customer, ann, bob)


@pytest.mark.parametrize("client_id", ["cust-1", "another"], ids=["one start", "two open"])
def test_a_visitor_with_two_conversations_at_once_is_doubled(client_id: str) -> None:
    twin = Held("twin", "visitor", client_id, "active", 0)

    assert kinds(replace(STORED, conversations=[*STORED.conversations, twin])) == {"doubled"}


def test_a_hole_in_the_numbers_is_reordered() -> None:
    assert "reordered" in kinds(replace(STORED, messages=[ROWS[0], *ROWS[2:]]))


def test_a_head_beyond_the_rows_is_reordered() -> None:
    ahead = [replace(STORED.conversations[0], head=5)]

    assert "reordered" in kinds(replace(STORED, conversations=ahead))


def test_an_answer_with_another_number_than_the_row_is_reordered() -> None:
    customer, ann, bob = histories()
    customer.sayings[1] = said(ROWS[3], 3)

    assert kinds(STORED, customer, ann, bob) == {"reordered"}


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 1, 3), (0, 1, 2, 2, 3)])
def test_a_reader_who_was_shown_another_order_is_reordered(order: tuple[int, ...]) -> None:
    customer, ann, bob = histories()
    ann.seen = [seen(ROWS[index]) for index in order]

    assert kinds(STORED, customer, ann, bob) == {"reordered"}


@pytest.mark.parametrize("is_shown", [True, False])
def test_what_was_seen_and_is_not_stored_is_a_phantom(is_shown: bool) -> None:
    customer, ann, bob = histories()
    ann.seen.append(seen(Row(TALK, 5, "cust-3", "cust-3"), is_shown=is_shown))

    assert kinds(STORED, customer, ann, bob) == {"phantom"}


def test_what_was_seen_under_another_number_is_a_phantom() -> None:
    customer, ann, bob = histories()
    ann.seen.append(seen(ROWS[3], seq=3, is_shown=False))

    assert kinds(STORED, customer, ann, bob) == {"phantom"}


def test_a_reader_who_never_learns_of_the_last_message_has_missed_it() -> None:
    customer, ann, bob = histories()
    ann.seen.pop()

    assert kinds(STORED, customer, ann, bob) == {"missed"}


def test_two_agents_who_were_told_that_it_is_theirs_are_assigned_doubly() -> None:
    customer, ann, bob = histories()
    bob.takings[0].acked_s = 1.0
    stored = replace(STORED, taken={"offer": "ann", "offer too": "bob"})

    assert kinds(stored, customer, ann, bob) == {"double-assigned"}


def test_a_conversation_that_is_taken_from_its_agent_is_assigned_doubly() -> None:
    changes = [*STORED.changes, Change(TALK, "accepted", "active", "bob")]

    assert kinds(replace(STORED, changes=changes)) == {"double-assigned"}


def test_an_agent_who_holds_one_too_many_for_a_moment_is_over_capacity() -> None:
    for_a_moment = [
        Change("other", "offered", "offered", "ann"),
        Change(TALK, "closed", "closed", None),
    ]
    changes = [*STORED.changes, *for_a_moment]

    assert kinds(replace(STORED, changes=changes)) == {"over capacity"}
    assert kinds(replace(STORED, changes=[*STORED.changes, *for_a_moment[::-1]])) == set()


@pytest.mark.parametrize("end", ["declined", "timed_out", "agent_lost", "agent_away"])
def test_an_offer_that_ended_leaves_room(end: str) -> None:
    changes = [
        *STORED.changes[:3],
        Change(TALK, end, "offered", "bob"),
        Change("other", "offered", "offered", "bob"),
    ]

    assert kinds(replace(STORED, changes=changes)) == set()


def test_who_waits_beside_a_free_hand_is_found_once_it_lasts() -> None:
    here, nobody = frozenset({TALK}), frozenset[str]()
    lasting = [Look(each / 2, here) for each in range(8)]
    passing = [Look(each / 2, here if each % 4 else nobody) for each in range(20)]

    assert kinds(STORED, looks=lasting) == {"waiting"}
    assert kinds(STORED, looks=passing) == set()


def test_a_figure_that_a_recount_does_not_find_is_miscounted() -> None:
    assert kinds(replace(STORED, miscounted=["talk: conversation wait_ms"])) == {"miscounted"}
