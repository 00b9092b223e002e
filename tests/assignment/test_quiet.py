"""A16: who is quiet gives their room back, and takes it again when somebody speaks."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from server.protocol.shapes import AgentConversation
from server.services.assignment.quiet import AT_ONCE, Quietness
from server.services.seats import AgentSeat
from storage.rows import ConversationRow, Draft, Moved
from tests.assignment.nodes import LEASE_S, counted
from tests.assignment.office import Office

QUIET_S = 60


class Sleepers:
    """Many who are due to be quiet, and somebody is always quicker."""

    def __init__(self, ids: list[UUID]) -> None:
        self._ids, self.asked = ids, list[UUID]()

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        return self._ids[len(self.asked) :][:limit]

    async def all(self) -> list[UUID]:
        return []

    async def awake(self, ids: Iterable[UUID], now: datetime, limit: int) -> list[UUID]:
        return []

    async def rest(self, conversation_id: UUID, now: datetime) -> Moved | None:
        self.asked.append(conversation_id)
        return None

    async def wake(self, conversation_id: UUID, now: datetime) -> Moved | None:
        return None


async def says(office: Office, row: ConversationRow, seat: AgentSeat | None = None) -> None:
    """The customer says something, or the agent does."""
    draft = Draft(
        conversation_id=row.id,
        shop_id=office.shop.id,
        client_id=uuid4().hex,
        sender_kind="agent" if seat else "customer",
        sender_id=seat.agent_id if seat else row.visitor_id,
        sender_name=None,
        text="Well?",
        now=office.clock.now(),
    )
    assert (await office.stores.messages.append(draft)).status == "stored"


async def answered(office: Office, seat: AgentSeat, rows: list[ConversationRow]) -> None:
    """The agent takes what they are offered and answers, so that it is the customers' turn."""
    for row in rows:
        await office.turn()
        await office.accepts(seat, office.offered(seat).index(row.id))
        await says(office, row, seat)


async def later(office: Office, seconds: float) -> None:
    """Time passes at once; who is connected stays so."""
    await office.clock.advance(seconds)
    await office.node.presence.renew()
    await office.turn()


def shown(office: Office, row: ConversationRow) -> AgentConversation:
    """How agents see a conversation."""
    told = office.ears.of(f"shop:{office.shop.id}", "conversation:changed")
    faces = [each for each in told if isinstance(each, AgentConversation)]
    return [each for each in faces if each.id == str(row.id)][-1]


async def test_a16_a_quiet_conversation_gives_its_room_to_who_waits(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    quiet = await office.customer()
    await answered(office, mei, [quiet])
    waiting = await office.customer()
    await later(office, QUIET_S - 10)
    assert office.offered(mei) == [quiet.id]

    await later(office, 20)

    assert office.offered(mei) == [quiet.id, waiting.id]
    assert shown(office, quiet).quiet
    assert (await office.row(quiet)).agent_id == mei.agent_id
    assert (await office.events(quiet))[-1] == "gone_quiet"
    assert counted(office.node, "swept_total") == 0


async def test_a16_who_wakes_takes_room_again_beyond_the_capacity_and_it_shows(
    office: Office,
) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei", capacity=2)
    quiet = [await office.customer() for _ in range(2)]
    await answered(office, mei, quiet)
    await later(office, QUIET_S + 10)
    assert await office.slots(mei) == 0
    busy = [await office.customer() for _ in range(2)]
    for row in busy:
        await office.accepts(mei, office.offered(mei).index(row.id))
    assert await office.slots(mei) == 2
    late = await office.customer()

    for row in quiet:
        await says(office, row)
    await office.passes(1)

    assert await office.slots(mei) == 4
    assert (await office.stores.stepping_in.loads(office.shop.id))[mei.agent_id] == 4
    for row in quiet:
        woke = (await office.stores.conversations.events(row.id))[-1]
        assert (woke.kind, woke.data["agent"]) == ("woke", str(mei.agent_id))
        assert woke.data["over"] is True
        assert not shown(office, row).quiet
    assert late.id not in office.offered(mei), "who is over is offered nothing"
    for row in (*busy, quiet[0]):
        await office.resolves(mei, row)
    assert office.offered(mei)[-1] == late.id, "below the capacity again"
    assert counted(office.node, "swept_total") == 0


async def test_a16_who_wakes_within_the_capacity_is_not_over(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    row = await office.customer()
    await answered(office, mei, [row])
    await later(office, QUIET_S + 10)
    await says(office, row, mei)
    await office.passes(1)
    woke = (await office.stores.conversations.events(row.id))[-1]
    assert (woke.kind, woke.data["over"]) == ("woke", False)
    await later(office, QUIET_S + 10)
    assert (await office.events(row))[-1] == "gone_quiet", "an agent's word does not last"


async def test_a16_who_gave_their_room_back_is_free_from_then_on(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S, policy="longest_idle")
    mei, ana = await office.agent("Mei"), await office.agent("Ana")
    quiet, short = await office.customer(), await office.customer()
    await answered(office, mei, [quiet])
    await office.accepts(ana)
    await later(office, QUIET_S - 10)
    await office.resolves(ana, short)
    await later(office, 20)
    assert await office.slots(mei) == 0

    comes = await office.customer()

    assert comes.id in office.offered(ana), "Mei has been free for a shorter time"


async def test_a16_a_rule_that_is_new_keeps_nobody_else_from_their_turn(office: Office) -> None:
    """Some go quiet at each look, the rest a second later each time."""
    ids = [uuid4() for _ in range(2 * AT_ONCE + 1)]
    store = Sleepers(ids)
    quiet = Quietness(store, office.node.announce, office.clock)
    await office.sets_queue(quiet_after_s=QUIET_S)
    asked = list[int]()
    for _ in range(4):
        await quiet.look(office.node.host._apart)
        asked.append(len(store.asked))
        await office.clock.advance(1)
    assert asked == [AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 1, 2 * AT_ONCE + 1]


async def test_a16_who_owes_the_customer_an_answer_is_never_relieved(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    row = await office.customer()
    await office.accepts(mei)
    await later(office, 3 * QUIET_S)
    assert await office.slots(mei) == 1
    assert not shown(office, row).quiet


async def test_a16_without_the_rule_everything_takes_room_for_ever(office: Office) -> None:
    mei = await office.agent("Mei")
    row = await office.customer()
    await answered(office, mei, [row])
    await later(office, 3 * QUIET_S)
    assert await office.slots(mei) == 1


async def test_a16_who_is_quiet_wakes_when_the_rule_is_dropped(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    row = await office.customer()
    await answered(office, mei, [row])
    await later(office, QUIET_S + 10)
    assert await office.slots(mei) == 0
    await office.sets_queue(quiet_after_s=None)
    await office.passes(1)
    assert await office.slots(mei) == 1


async def test_a16_another_host_knows_who_is_quiet(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    row = await office.customer()
    await answered(office, mei, [row])
    await later(office, QUIET_S + 10)
    await office.node.host.retire()
    await says(office, row)

    await office.turn(office.another_node())

    assert await office.slots(mei) == 1


async def test_a16_who_hosts_again_knows_whom_another_host_let_rest(office: Office) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei, other = await office.agent("Mei"), office.another_node()
    row = await office.customer()
    await answered(office, mei, [row])
    await office.clock.advance(LEASE_S + 1)
    await office.turn(other)
    await office.clock.advance(QUIET_S)
    await office.turn()  # whose lease is gone
    await office.turn(other)
    assert await office.slots(mei) == 0

    await says(office, row)
    await office.clock.advance(LEASE_S + 1)
    await office.turn()

    assert await office.slots(mei) == 1


async def test_a16_a_quiet_conversation_is_ended_resumed_and_handed_on_like_any(
    office: Office,
) -> None:
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei", capacity=2)
    first, second = [await office.customer() for _ in range(2)]
    await answered(office, mei, [first, second])
    await later(office, QUIET_S + 10)
    assert await office.slots(mei) == 0
    transitions, now = office.stores.transitions, office.clock.now()

    await office.moved(await transitions.close(first.id, mei.agent_id, None, now))
    assert ((await office.row(first)).state, await office.slots(mei)) == ("wrap_up", 0)
    assert shown(office, first).quiet, "its wrap-up takes no room either"
    await office.moved(await transitions.resume(first.id, mei.agent_id, now))
    await office.passes(1)
    assert ((await office.row(first)).state, await office.slots(mei)) == ("active", 1)

    handed = await transitions.transfer(second.id, mei.agent_id, None, office.queue.id, now)
    assert handed.freed_agent == mei.agent_id, "whoever has it no longer hears of it no longer"
    ana = await office.agent("Ana")
    await office.moved(handed)
    await office.accepts(ana)
    assert (await office.row(second)).agent_id == ana.agent_id
    assert (await office.slots(mei), await office.slots(ana)) == (1, 1)
    assert counted(office.node, "swept_total") == 0


async def test_a16_a_queue_that_went_out_of_use_keeps_its_rule(office: Office) -> None:
    old = await office.new_queue("old", quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    quiet = await office.customer(queue=old)
    await answered(office, mei, [quiet])
    await office.stores.queues.archive(office.shop.id, old.id, office.clock.now())
    office.node.pokes.shop_touched(office.shop.id)
    waiting = await office.customer()
    await later(office, QUIET_S + 10)
    assert office.offered(mei) == [quiet.id, waiting.id]


async def test_c3_the_quiet_ones_of_a_lost_agent_wait_again_with_the_others(
    office: Office,
) -> None:
    await office.sets_shop(lost_agent="requeue", lost_agent_s=30)
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei", capacity=2)
    quiet, talks = await office.customer(), await office.customer()
    await answered(office, mei, [quiet, talks])
    await later(office, QUIET_S - 10)
    await says(office, talks)
    await later(office, 20)
    assert (await office.slots(mei), shown(office, quiet).quiet) == (1, True)

    await office.node.presence.went(mei, "Mei", signed_out=True)
    await office.passes(32)

    for row in (quiet, talks):
        now = await office.row(row)
        assert (now.state, now.agent_id, now.queued_at) == ("queued", None, row.queued_at)
        assert (await office.events(row))[-1] == "agent_left"
    assert counted(office.node, "swept_total") == 0


async def lost_with_a_quiet_one(office: Office) -> tuple[AgentSeat, ConversationRow]:
    """Somebody leaves and comes no more; what they had in hand has gone quiet since."""
    await office.sets_shop(lost_agent="requeue", lost_agent_s=90)
    await office.sets_queue(quiet_after_s=QUIET_S)
    mei = await office.agent("Mei")
    quiet = await office.customer()
    await answered(office, mei, [quiet])
    await office.node.presence.went(mei, "Mei", signed_out=True)
    await office.passes(QUIET_S + 20)
    return mei, quiet


async def test_c3_a_lost_agent_with_quiet_ones_alone_keeps_none_of_them(office: Office) -> None:
    mei, quiet = await lost_with_a_quiet_one(office)
    assert (await office.slots(mei), (await office.row(quiet)).agent_id) == (0, mei.agent_id)
    await office.passes(12)

    now = await office.row(quiet)
    assert (now.state, now.queued_at) == ("queued", quiet.queued_at)


async def test_c3_whoever_wakes_with_a_lost_agent_waits_no_longer_for_it(office: Office) -> None:
    _, quiet = await lost_with_a_quiet_one(office)
    await says(office, quiet)
    await office.passes(2)
    assert (await office.events(quiet))[-1] == "woke"
    await office.passes(10)

    assert (await office.row(quiet)).state == "queued", "since she left, not since it woke"
