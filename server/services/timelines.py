"""What happened in a conversation, and who stepped in where: for those who lead the shop."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from server.protocol.timeline import StepInItems, StepInsQuery, Timeline, TimelineEntry
from server.services.access import Access
from server.services.assignment.recalled import recalled
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.callers import callers_of
from server.services.clock import Clock
from server.services.ids import uuid_of
from server.services.seats import AgentSeat
from server.services.silences import silences
from server.services.stores import Stores
from server.services.timeline_faces import (
    event_entry,
    message_entry,
    offer_entry,
    silence_entry,
    step_in_face,
    watch_entry,
    watched_s,
    whisper_entry,
)
from storage.rows import EventRow, OfferRow
from storage.step_ins import StepInRow

MESSAGES_MAX, BESIDE_MAX = 500, 200
AS_OFFERS = frozenset(
    {
        "offered",
        "declined",
        "timed_out",
        "agent_lost",
        "agent_away",
        "customer_gone",
        "rescinded",
        "asked",
    }
)
"""Events of which the offer itself tells more."""
ORDER = ("watched", "silence", "said", "noted", "whispered", "changed", "told", "offered")
"""What stands first of what happened at the same moment: words before the states they lead to."""


class Timelines:
    """Puts together what is kept in many places. Whoever watched is named to those who lead."""

    def __init__(self, stores: Stores, access: Access, blurring: Blurring, clock: Clock) -> None:
        self._stores, self._access = stores, access
        self._blurring, self._clock = blurring, clock

    async def of_conversation(self, seat: AgentSeat, conversation_id: UUID) -> Timeline:
        """Return all that happened in a conversation, oldest first."""
        seat.must_lead()
        row = await self._access.open_for(seat, str(conversation_id))
        stores, now = self._stores, self._clock.now()
        said = await stores.messages.last(row.id, MESSAGES_MAX, private=False)
        notes = await stores.messages.last(row.id, BESIDE_MAX, private=True)
        whispers = await stores.whispers.of_conversation(row.id, None, BESIDE_MAX)
        events = await stores.conversations.events(row.id)
        steps = await stores.step_ins.of_conversation(row.id, now, BESIDE_MAX)
        watches = [each for each in steps if each.kind == "watched"]
        offers = await stores.decisions.offers_of(row.id)
        queues = await stores.queues.of_shop(seat.shop_id, archived=True)
        names = await self._names(_people(events, offers, watches))
        by_id = {str(queue.id): queue.name for queue in queues}
        entries = [
            *(message_entry(each) for each in (*said, *notes)),
            *(whisper_entry(each) for each in whispers),
            *(event_entry(e, names, by_id) for e in events if e.kind not in AS_OFFERS),
            *await self._offers(row.id, offers, names),
            *(silence_entry(each) for each in silences(said, events, now)),
            *(watch_entry(each, names) for each in watches),
        ]
        timeline = Timeline(
            at=now,
            items=sorted(entries, key=lambda entry: (entry.at, ORDER.index(entry.kind))),
            watches=len(watches),
            watched_s=watched_s(watches, now),
            whispers=len(whispers),
            more=row.head > len(said) or row.note_head > len(notes),
        )
        return through(await self._blurring.reading(seat, row), timeline)

    async def page(self, seat: AgentSeat, query: StepInsQuery) -> StepInItems:
        """Return what was done in the shop over others' heads, the newest first."""
        seat.must_lead()
        before = None if query.before is None else uuid_of(query.before)
        rows = await self._stores.step_ins.page(
            seat.shop_id, before, self._clock.now(), query.limit + 1
        )
        page = rows[: query.limit]
        names = await self._names(_acting(page))
        about = {each.conversation_id for each in page if each.conversation_id is not None}
        callers = await callers_of(self._stores, seat.shop_id, about)
        items = StepInItems(
            items=[
                step_in_face(
                    each,
                    names,
                    None if each.conversation_id is None else callers.get(each.conversation_id),
                )
                for each in page
            ],
            next=str(page[-1].id) if len(rows) > query.limit else None,
        )
        watched = await self._blurring.watched(seat) & {each.conversation_id for each in page}
        found = [await self._stores.conversations.get(each) for each in watched]
        veils = await self._blurring.reading(seat, *(each for each in found if each is not None))
        return through(veils, items)

    async def _offers(
        self, conversation_id: UUID, offers: list[OfferRow], names: dict[str, str]
    ) -> list[TimelineEntry]:
        decisions = await self._stores.decisions.of_conversation(conversation_id)
        records = {each.offer_id: recalled(each.record) for each in decisions}
        missing = {
            record.runner_up for record in records.values() if record and record.runner_up
        } - names.keys()
        known = names | await self._names(missing)
        return [offer_entry(each, records.get(each.id), known) for each in offers]

    async def _names(self, agent_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of agents, in one query."""
        known: set[UUID] = set()
        for agent_id in agent_ids:
            with suppress(ValueError):
                known.add(UUID(agent_id))
        found = await self._stores.agents.get_many(known) if known else {}
        return {str(agent.id): agent.name for agent in found.values()}


def _acting(rows: Iterable[StepInRow]) -> set[str]:
    return {
        str(each)
        for row in rows
        for each in (row.by_id, row.agent_id, row.data.get("to"))
        if each is not None
    }


def _people(
    events: Iterable[EventRow], offers: Iterable[OfferRow], watches: Iterable[StepInRow]
) -> set[str]:
    """Return everybody who is named; of customers' ids there is no agent."""
    people = _acting(watches)
    for offer in offers:
        people |= {str(each) for each in (offer.agent_id, offer.from_agent_id) if each is not None}
    for event in events:
        people |= {str(event.data.get(name)) for name in ("agent", "from", "to_agent")}
        people.add(str(event.actor_id))
    return people
