"""Who waits in vain: unclaimed (A6), lost agents (C3, C4), full queues (C16); patience (C17)."""

from datetime import datetime
from uuid import UUID

import pytest

from storage.errors import StorageUnavailable
from storage.marks import Beyond, Marks
from storage.rows import ConversationRow, Moved
from storage.transitions import Transitions
from tests.assignment.nodes import GRACE_S, TTL_S, counted
from tests.assignment.office import Office


async def seen_as_full(office: Office, row: ConversationRow) -> bool:
    return list(office.told(row))[-1].full


async def test_a6_everybody_declined_or_missed_it(office: Office) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    row = await office.customer()
    first, second = (ann, bob) if office.offered(ann) else (bob, ann)
    await office.declines(first)
    assert (await office.row(row)).unclaimed_at is None

    await office.passes(31)  # the other one misses it
    assert office.offered(second) == [row.id]

    now = await office.row(row)
    assert (now.state, now.queued_at) == ("queued", row.queued_at)
    assert now.unclaimed_at is not None
    shown = office.ears.of(f"shop:{office.shop.id}", "conversation:changed")[-1]
    assert getattr(shown, "unclaimed", False)
    assert (await office.events(row)).count("unclaimed") == 1

    await office.passes(32)  # whoever declined is asked again after a minute
    assert office.offered(first) == [row.id, row.id]
    assert (await office.events(row)).count("unclaimed") == 1
    await office.accepts(first)
    assert (await office.row(row)).unclaimed_at is None


async def test_a6_when_the_last_who_was_not_asked_is_gone_it_is_told_without_a_sweep(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    bob = await office.agent("bob", capacity=1)
    await office.customer()
    await office.accepts(bob)
    await office.declines(ann)
    assert (await office.row(row)).unclaimed_at is None, "bob may yet take it"

    await office.passes(1)
    await office.node.presence.went(bob, "bob")
    await office.passes(GRACE_S + 0.5)

    assert (await office.row(row)).unclaimed_at is not None
    assert counted(office.node, "swept_total") == 0


async def test_a6_whoever_has_no_room_has_declined_nothing(office: Office) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    for _ in range(2):
        await office.customer()
    await office.accepts(ann)
    await office.accepts(bob)
    row = await office.customer()
    await office.sets(ann, "available")
    assert (await office.row(row)).unclaimed_at is None


async def test_c3_the_conversations_of_a_lost_agent_wait_again(office: Office) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=60)
    ann = await office.agent("ann", capacity=4)
    rows = [await office.customer() for _ in range(4)]
    for index in range(4):
        await office.accepts(ann, index)
    bob = await office.agent("bob", capacity=2)

    await office.node.presence.went(ann, "ann")
    await office.passes(GRACE_S + 50)
    assert await office.slots(ann) == 4, "not before the time is over"
    await office.passes(15)

    assert await office.slots(ann) == 0
    assert office.offered(bob) == [rows[0].id, rows[1].id]
    for row in rows:
        now = await office.row(row)
        assert (now.agent_id, now.queued_at) == (None, row.queued_at)
        assert "agent_left" in await office.events(row)
        notices = [each.notice for each in await office.stores.messages.last(row.id, 10)]
        assert notices.count("agent_left") == 1
    assert counted(office.node, "swept_total") == 0


async def test_c3_by_default_they_stay(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.node.presence.went(ann, "ann")
    await office.passes(300)
    assert (await office.row(row)).agent_id == ann.agent_id


async def test_c1_c3_whoever_comes_back_in_time_keeps_them(office: Office) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=60)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    for _ in range(5):
        await office.node.presence.went(ann, "ann")
        await office.passes(GRACE_S + 40)
        await office.node.presence.came(ann, "ann")
        await office.passes(5)
    assert (await office.row(row)).agent_id == ann.agent_id


async def test_c4_without_anybody_they_wait_in_everybodys_view(office: Office) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=30)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.node.presence.went(ann, "ann", signed_out=True)
    await office.passes(TTL_S + 40)
    waiting = await office.stores.conversations.waiting(office.shop.id)
    assert [each.id for each in waiting] == [row.id]


async def test_c3_a_new_host_takes_them_too(office: Office) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=30)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.node.presence.went(ann, "ann", signed_out=True)
    await office.node.tenure.release()
    other = office.another_node()
    await office.passes(50, other)
    assert (await office.row(row)).state == "queued"


async def test_c16_who_comes_when_the_queue_is_full_is_told_and_keeps_their_place(
    office: Office,
) -> None:
    await office.sets_queue(length_max=2)
    rows = [await office.customer() for _ in range(4)]
    await office.passes(2)
    assert [await seen_as_full(office, row) for row in rows] == [False, False, True, True]
    assert [office.position(row) for row in rows] == [1, 2, 3, 4]
    assert {(await office.row(row)).state for row in rows} == {"queued"}
    assert (await office.events(rows[3])).count("full") == 1

    ann = await office.agent("ann", capacity=4)
    await office.turn()
    assert office.offered(ann) == [row.id for row in rows]


async def test_c16_who_waits_too_long_is_told_once(office: Office) -> None:
    await office.sets_queue(wait_max_s=60)
    row = await office.customer()
    await office.passes(58)
    assert (await office.row(row)).full_at is None
    await office.passes(4)
    now = await office.row(row)
    assert (now.state, now.full_at is not None) == ("queued", True)
    assert await seen_as_full(office, row)
    await office.passes(60)
    assert (await office.events(row)).count("full") == 1


async def test_c16_a_taken_conversation_is_not_full(office: Office) -> None:
    await office.sets_queue(wait_max_s=60)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.passes(20)
    await office.accepts(ann)
    await office.passes(120)
    moved = await office.stores.transitions.transfer(
        row.id, ann.agent_id, None, office.queue.id, office.clock.now()
    )
    await office.moved(moved)
    await office.passes(3)
    assert (await office.row(row)).full_at is None


async def test_c17_whoever_waits_alone_is_not_closed(office: Office) -> None:
    row = await office.customer()
    await office.passes(400)
    assert (await office.row(row)).state == "queued"
    assert office.position(row) == 1


async def test_what_could_not_be_noted_is_noted_when_postgresql_is_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.sets_queue(length_max=1)
    real, tries = Marks.full, list[UUID]()

    async def away_at_first(
        self: Marks, conversation_id: UUID, beyond: Beyond, now: datetime
    ) -> ConversationRow | None:
        tries.append(conversation_id)
        if len(tries) == 1:
            raise StorageUnavailable
        return await real(self, conversation_id, beyond, now)

    monkeypatch.setattr(Marks, "full", away_at_first)
    await office.customer()
    with pytest.raises(StorageUnavailable):
        await office.customer()
    await office.turn()
    await office.turn()
    assert len(tries) == 2
    waiting = await office.stores.conversations.waiting(office.shop.id)
    assert [row.full_at is not None for row in waiting] == [False, True]


async def test_c3_a_conversation_that_could_not_be_taken_back_is_taken_back_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=30)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    await office.node.presence.went(ann, "ann", signed_out=True)
    real, is_away = Transitions.left, True

    async def left(
        self: Transitions, conversation_id: UUID, agent_id: UUID, now: datetime
    ) -> Moved:
        if is_away:
            raise StorageUnavailable
        return await real(self, conversation_id, agent_id, now)

    monkeypatch.setattr(Transitions, "left", left)
    with pytest.raises(StorageUnavailable):
        await office.passes(32)
    is_away = False
    await office.passes(1)
    assert (await office.row(row)).state == "queued"


async def test_b5_c16_uncovered_nobody_and_full_are_different_answers(office: Office) -> None:
    tea = await office.new_queue("tea", skills=(await office.skill("tea", 3, ((60, 2),)),))
    ann = await office.agent("ann", skills={"tea": 1})
    row = await office.customer(queue=tea)
    [told] = [list(office.told(row))[-1]]
    assert (told.service, told.full) == ("uncovered", False)

    await office.change(ann, skills={tea.skills[0].skill_id: 2})
    await office.sets(ann, "away")
    await office.clock.advance(6)
    later = await office.customer(queue=tea)
    told = list(office.told(later))[-1]
    assert (told.service, told.full) == ("nobody", False)


async def test_a6_who_was_asked_and_does_not_respond_any_more_has_missed_it(
    office: Office,
) -> None:
    await office.sets_shop(misses_max=1)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.passes(31)
    assert office.news(ann)[-1] == ("available", False)
    assert (await office.row(row)).unclaimed_at is not None
    bob = await office.agent("bob")
    await office.turn()
    assert office.offered(bob) == [row.id]


async def test_a6_while_those_who_were_asked_are_gone_it_is_not_unclaimed(office: Office) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    row = await office.customer()
    first, second = (ann, bob) if office.offered(ann) else (bob, ann)
    await office.declines(first)
    await office.sets(second, "away")
    now = await office.row(row)
    assert (now.state, now.unclaimed_at is not None) == ("queued", True), "only first is there"
    other = await office.customer()
    await office.sets(first, "away")
    assert (await office.row(other)).unclaimed_at is None


async def test_a_host_rests_though_what_a_lost_agent_has_cannot_be_taken_from_them(
    office: Office,
) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=30)
    await office.sets_queue(wrap_up_s=600)
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    now = office.clock.now()
    await office.moved(await office.stores.transitions.close(row.id, ann.agent_id, None, now))
    await office.node.presence.went(ann, "ann", signed_out=True)

    await office.passes(TTL_S + 40)

    assert await office.slots(ann) == 1
    assert office.node.host._next() > office.clock.monotonic()  # pyright: ignore[reportPrivateUsage]
