"""What is told is the difference; the figures count those too who are not listed."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from server.services.live.board import LISTED_MAX, Board
from storage.live import QueueNow, TalkNow
from tests.support.clock import START

SHOP, QUEUE = uuid4(), uuid4()
RETURNS = QueueNow(
    id=QUEUE, name="Returns", target_s=20, promises=False, answered=0, in_time=0, abandoned=0
)


def waits(number: int, *, emergency: bool = False, state: str = "queued") -> TalkNow:
    return TalkNow(
        id=UUID(int=number),
        shop_id=SHOP,
        state=state,  # type: ignore[arg-type]
        visitor_id=uuid4(),
        visitor_name=None,
        queue_id=QUEUE,
        agent_id=None,
        priority=0,
        emergency=emergency,
        queued_at=START + timedelta(seconds=number),
        assigned_at=None,
        unanswered_since=None,
        wrap_up_until=None,
        is_unclaimed=False,
    )


def test_of_very_many_those_are_listed_who_wait_longest_and_all_are_counted() -> None:
    board = Board()
    board.put_queues([RETURNS])
    board.put_all(waits(number) for number in range(LISTED_MAX + 5))
    first = board.changes(START)

    assert first is not None
    [queue] = first.queues
    assert (len(first.talks), queue.waiting, queue.oldest) == (LISTED_MAX, LISTED_MAX + 5, START)
    assert str(UUID(int=LISTED_MAX)) not in {each.id for each in first.talks}

    board.put([waits(0, state="closed"), waits(LISTED_MAX + 4, emergency=True)])
    second = board.changes(START)

    assert second is not None
    assert second.gone == [str(UUID(int=0))]
    assert [each.id for each in second.talks] == [str(UUID(int=LISTED_MAX + 4))]
    [queue] = second.queues
    assert (queue.waiting, queue.oldest) == (LISTED_MAX + 4, START + timedelta(seconds=1))


def test_of_two_who_came_at_once_whom_routing_serves_later_stands_last() -> None:
    board, first, second = Board(), waits(1), replace(waits(2), queued_at=waits(1).queued_at)
    for arrivals in ([first, second], [second, first]):
        board.put_all(arrivals)
        assert board.last() == {str(QUEUE): second.id}


def test_whoever_is_served_never_crowds_out_who_waits() -> None:
    board = Board()
    board.put_queues([RETURNS])
    board.put_all(waits(number, state="active") for number in range(LISTED_MAX + 5))
    board.put(replace(waits(LISTED_MAX + number), id=uuid4()) for number in range(5, 10))
    changes = board.changes(START)

    assert changes is not None
    listed = [each.state for each in changes.talks]
    assert (listed.count("queued"), listed.count("active")) == (5, LISTED_MAX)
    assert [each.waiting for each in changes.queues] == [5]


def test_who_was_never_in_a_line_stands_at_the_end_of_a_long_list() -> None:
    board = Board()
    board.put_all(waits(number, state="active") for number in range(LISTED_MAX))
    board.put([replace(waits(LISTED_MAX, state="active"), queued_at=None)])
    changes = board.changes(START)

    assert changes is not None
    assert str(UUID(int=LISTED_MAX)) not in {each.id for each in changes.talks}


def test_what_changes_and_changes_back_is_no_news() -> None:
    board, row = Board(), waits(1)
    board.put([row])
    assert board.changes(START) is not None
    board.put([waits(1, state="closed")])
    board.put([row])

    assert board.changes(START) is None
    beat = board.changes(START, even_none=True)
    assert beat is not None
    assert (beat.version, beat.queues, beat.talks, beat.gone) == (2, [], [], [])


def test_who_is_in_no_queue_is_counted_too() -> None:
    board = Board()
    board.put([replace(waits(1), queue_id=None)])
    changes = board.changes(START)

    assert changes is not None
    assert [(each.id, each.waiting) for each in changes.queues] == [("", 1)]
