"""What customers and agents do with conversations, on the real services of either node."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid4

from server.services.seats import AgentSeat
from storage.errors import WrongState
from storage.rows import ConversationRow, Draft, Moved, NewConversation
from tests.assignment.machine.picture import Offer, Picture, Talk
from tests.assignment.machine.shift import Shift
from tests.assignment.nodes import Node

OPEN_MAX = 24
"""So many conversations are open at most: everybody is looked at after each step."""

LANGUAGES = (None, "de", "zh")


class Doings:
    """Numbers pick who does what to whom in the ``picture``; where there is nobody, nothing."""

    def __init__(self, shift: Shift) -> None:
        self._shift, self._office = shift, shift.office
        self._stores = shift.office.stores
        self.picture: Picture | None = None
        self.gone: list[UUID] = []
        """Customers whose conversations are over, to come again."""

    @property
    def is_full(self) -> bool:
        """Whether nobody comes any more until somebody has gone."""
        return len(self._talks("queued", "offered", "active", "wrap_up")) >= OPEN_MAX

    # Customers

    async def arrives(self, number: int, at: int, queue: int, *, is_untold: bool = False) -> None:
        """Somebody asks something, perhaps somebody who was here before."""
        if self.is_full:
            return
        now = self._office.clock.now()
        if number % 3 == 0 and self.gone:
            visitor_id = self.gone.pop(number % len(self.gone))
        else:
            visitor_id = (await self._stores.visitors.create_anonymous(self._shop, now)).id
        queues = await self._stores.queues.of_shop(self._shop)
        started = await self._stores.conversations.start(
            NewConversation(
                shop_id=self._shop,
                visitor_id=visitor_id,
                client_id=uuid4().hex,
                text="Hello?",
                locale=LANGUAGES[number % len(LANGUAGES)],
                queue_id=queues[queue % len(queues)].id,
                priority=(0, 0, 1, 3)[number % 4],
            ),
            now,
        )
        if is_untold:  # whoever stored it dies before saying a word
            self._shift.doubts += 1
        else:
            self._shift.node(at).announce.arrived(started.row)

    async def leaves(self, number: int, at: int) -> None:
        """A customer ends the conversation."""
        talk = self._pick(self._talks("queued", "offered", "active"), number)
        if talk is not None:
            moved = await self._stores.transitions.end_by_customer(
                talk.id, talk.visitor_id, self._office.clock.now()
            )
            await self._shift.node(at).announce.moved(moved)

    # Agents and offers

    async def accepts(self, number: int, at: int) -> None:
        """Somebody takes what they are offered, or asked to take over."""
        offer = self._offer(number)
        if offer is not None:
            await self._shift.node(at).desk.accept(self._seat(offer.agent_id), offer.id)

    async def accepts_too_late(self, number: int, at: int) -> None:
        """Somebody answers when the time is over, and no host has said so yet (A7)."""
        offer = self._offer(number)
        if offer is not None:
            late = offer.expires_at - self._office.clock.now()
            await self._shift.stands_still(late.total_seconds())
            await self._shift.node(at).desk.accept(self._seat(offer.agent_id), offer.id)

    async def declines(self, number: int, at: int) -> None:
        """Somebody does not want what they are offered."""
        offer = self._offer(number)
        if offer is not None:
            await self._shift.node(at).desk.decline(self._seat(offer.agent_id), offer.id, "busy")

    async def picks(self, number: int, who: int, at: int) -> None:
        """Somebody takes who waits, without an offer."""
        talk = self._pick(self._talks("queued", "offered"), number)
        if talk is not None:
            await self._shift.node(at).desk.pick(self._shift.seat(who), talk.id)

    # What is in hand

    async def speaks(self, number: int, who: str) -> None:
        """An agent answers, or all do, everybody whom they have in hand; or a customer writes."""
        talks = self._talks("active")
        one = self._pick(talks, number)
        for talk in talks if who == "agents" or one is None else (one,):
            await self._says(talk, None if who == "customer" else talk.agent_id)

    async def closes(self, number: int, at: int) -> None:
        """An agent ends a talk; the wrap-up begins."""
        await self._of_agent("active", number, at, "close")

    async def finishes(self, number: int, at: int) -> None:
        """An agent ends the wrap-up."""
        await self._of_agent("wrap_up", number, at, "finish")

    async def ends_all(self, at: int) -> None:
        """Every agent ends what they have in hand, the wrap-ups too."""
        transitions, node = self._stores.transitions, self._shift.node(at)
        for talk in self._talks("active", "wrap_up"):
            assert talk.agent_id is not None
            for end in (transitions.close, transitions.finish):
                with suppress(WrongState):  # it is in its wrap-up already, or needs none
                    now = self._office.clock.now()
                    await self._told(node, await end(talk.id, talk.agent_id, None, now))

    async def resumes(self, number: int, at: int) -> None:
        """An agent takes a close back."""
        talk, node = self._pick(self._talks("wrap_up"), number), self._shift.node(at)
        if talk is not None and talk.agent_id is not None:
            await self._told(
                node,
                await self._stores.transitions.resume(
                    talk.id, talk.agent_id, self._office.clock.now()
                ),
            )

    async def hands_to_queue(self, number: int, queue: int, at: int) -> None:
        """An agent hands a conversation to a queue."""
        talk = self._pick(self._talks("active"), number)
        if talk is not None and talk.agent_id is not None:
            queues = await self._stores.queues.of_shop(self._shop)
            await self._shift.people(at).hands_to_queue(
                self._seat(talk.agent_id), await self._row(talk), queues[queue % len(queues)].id
            )

    async def hands_to(self, number: int, who: int, at: int, *, asks: bool) -> None:
        """An agent hands a conversation to a colleague, at once or after asking."""
        talk = self._pick(self._talks("active"), number)
        if talk is not None and talk.agent_id is not None:
            people, seat = self._shift.people(at), self._seat(talk.agent_id)
            hand = people.asks if asks else people.hands
            await hand(seat, await self._row(talk), self._shift.seat(who))

    async def hands_back(self, number: int, at: int, *, asks: bool) -> None:
        """An agent hands a conversation back to who had it before."""
        talk = self._pick(self._talks("active"), number)
        if talk is not None and talk.agent_id is not None:
            row = await self._row(talk)
            await self._shift.people(at).hands_back(self._seat(talk.agent_id), row, warm=asks)

    async def asks_no_more(self, number: int, at: int) -> None:
        """An agent takes the question to a colleague back."""
        asked = [each for each in self.live if each.from_agent_id is not None]
        if asked:
            question = asked[number % len(asked)]
            assert question.from_agent_id is not None
            row = await self._stores.conversations.get(question.conversation_id)
            assert row is not None
            await self._shift.people(at).cancels(self._seat(question.from_agent_id), row)

    # Those who lead

    async def assigns(self, number: int, who: int, at: int) -> None:
        """A supervisor gives a conversation to somebody, over their capacity if need be."""
        talk = self._pick(self._talks("queued", "offered", "active"), number)
        if talk is not None:
            row, lead = await self._row(talk), self._lead()
            to = self._shift.seat(who)
            await self._shift.people(at).assigns(lead, row, to, epoch=talk.epoch)

    async def prioritizes(self, number: int, priority: int, at: int) -> None:
        """A supervisor says who goes first."""
        talk = self._pick(self._talks("queued", "offered"), number)
        if talk is not None:
            await self._shift.people(at).prioritizes(
                self._lead(), await self._row(talk), priority, emergency=priority == 9
            )

    async def requeues(self, number: int, queue: int, at: int) -> None:
        """A supervisor lets a conversation wait again, in another queue perhaps."""
        talk = self._pick(self._talks("queued", "offered", "active"), number)
        if talk is not None:
            queues = [None, *await self._stores.queues.of_shop(self._shop)]
            wanted = queues[queue % len(queues)]
            await self._shift.leads(at).requeues(
                self._lead(), await self._row(talk), wanted, epoch=talk.epoch
            )

    async def closes_over_heads(self, number: int, at: int) -> None:
        """A supervisor ends a conversation, whoever has it."""
        talk = self._pick(self._talks("queued", "offered", "active"), number)
        if talk is not None:
            row = await self._row(talk)
            await self._shift.leads(at).closes(self._lead(), row, epoch=talk.epoch)

    async def joins_and_speaks(self, number: int, at: int) -> None:
        """A supervisor joins a talk, and answers."""
        talk = self._pick(self._talks("active"), number)
        if talk is None or talk.agent_id == self._lead().agent_id:
            return
        lead, now = self._lead(), self._office.clock.now()
        moved = await self._stores.joining.join(self._shop, talk.id, lead.agent_id, now)
        await self._told(self._shift.node(at), moved)
        await self._says(talk, lead.agent_id)

    # How they are found

    @property
    def _shop(self) -> UUID:
        return self._office.shop.id

    def _talks(self, *states: str) -> list[Talk]:
        return [] if self.picture is None else self.picture.within(*states)

    @property
    def live(self) -> list[Offer]:
        """Return the live offers and questions."""
        return [] if self.picture is None else self.picture.offers

    def _pick(self, talks: Sequence[Talk], number: int) -> Talk | None:
        return talks[number % len(talks)] if talks else None

    def _offer(self, number: int) -> Offer | None:
        live = self.live
        return live[number % len(live)] if live else None

    def _seat(self, agent_id: UUID) -> AgentSeat:
        return next(seat for seat in self._shift.seats if seat.agent_id == agent_id)

    def _lead(self) -> AgentSeat:
        seat = self._shift.seats[0]
        return AgentSeat(seat.agent_id, seat.shop_id, seat.name, "supervisor")

    async def _row(self, talk: Talk) -> ConversationRow:
        row = await self._stores.conversations.get(talk.id)
        assert row is not None
        return row

    async def _of_agent(self, state: str, number: int, at: int, what: str) -> None:
        talk, node = self._pick(self._talks(state), number), self._shift.node(at)
        if talk is not None and talk.agent_id is not None:
            do = getattr(self._stores.transitions, what)
            await self._told(node, await do(talk.id, talk.agent_id, None, self._office.clock.now()))

    async def _says(self, talk: Talk, agent_id: UUID | None) -> None:
        await self._stores.messages.append(
            Draft(
                conversation_id=talk.id,
                shop_id=self._shop,
                client_id=uuid4().hex,
                sender_kind="customer" if agent_id is None else "agent",
                sender_id=talk.visitor_id if agent_id is None else agent_id,
                sender_name=None,
                text="Well?",
                now=self._office.clock.now(),
            )
        )

    async def _told(self, node: Node, moved: Moved) -> None:
        await node.announce.moved(moved)
