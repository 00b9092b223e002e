"""What must hold after each step, and what once things are quiet (P4, P5, P6, P8)."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from routing.explain import from_json, replay
from storage.database import Database, Record
from tests.assignment.machine.eligible import Eligible
from tests.assignment.machine.picture import Picture, Talk
from tests.reports.books import Books
from tests.reports.columns import apart

Held = tuple[UUID, UUID, datetime]

WAKES_S, RESTS_S = 1.0, 5.0
"""So soon whoever has spoken takes room again, and whoever has not for long takes none."""


class Checks:
    """Looks at the database; remembers what must never change."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._ages: dict[UUID, datetime] = {}
        self._units: dict[Held, int] = {}
        self._decided: set[UUID] = set()
        self._ended: dict[UUID, str] = {}
        self.decisions = 0
        self._ruled: dict[UUID | None, datetime] = {}

    async def after_each_step(self, before: Picture, after: Picture) -> None:
        """Check what does not depend on what anybody knows."""
        changed = [each for each in after.talks.values() if _is_changed(before, each)]
        ids = [talk.id for talk in changed]
        events = await self._db.fetch(EVENTS, ids) if ids else []
        forced = {event["forced"] for event in events if event["at"] >= before.now}
        woken = {event["woken"] for event in events if event["at"] >= before.now}
        self._slots_are_within_capacity(before, after, forced)
        self._limits_are_kept(before, after, forced | woken)
        self._units_are_counted_right(after)
        for talk in after.talks.values():
            self._state_allows_what_is_held(after, talk)
            self._age_is_kept(talk)
        for talk in changed:
            _events_are_gapless(talk, [each for each in events if each["id"] == talk.id])
            _epoch_grows(before, talk)
        await self._offers_end_once(before.now)
        if ids:
            await self._messages_are_gapless(ids)
        await self._records_replay(before.now)

    # P4

    def _slots_are_within_capacity(
        self, before: Picture, after: Picture, forced: Collection[UUID | None]
    ) -> None:
        """Only who was given something on purpose, or whose capacity was lowered, is over it.

        And whose quiet conversation woke, which its event says (A16).
        """
        for agent in after.agents.values():
            taken = after.taken(agent.id)
            if taken > agent.capacity and agent.id not in forced:
                assert taken <= before.taken(agent.id), f"{agent.name} holds {taken}"

    def _limits_are_kept(
        self, before: Picture, after: Picture, forced: Collection[UUID | None]
    ) -> None:
        for queue in after.queues.values():
            was = before.queues.get(queue.id)
            if queue.per_agent_max is None or was is None or was.is_archived or queue.is_archived:
                continue  # who waits in a queue that is archived moves to another
            for agent_id in after.agents.keys() - forced:
                held = after.held(agent_id, queue.id)
                if len(held) > queue.per_agent_max:
                    before_that = {slot.conversation_id for slot in before.slots}
                    assert held <= before_that, f"{len(held)} of one queue in one hand"

    def _units_are_counted_right(self, after: Picture) -> None:
        """A conversation keeps as many slots as its queue asked for when they were taken.

        The clock may stand still while somebody has it again, from another queue.
        """
        found = Counter((s.conversation_id, s.agent_id, s.taken_at) for s in after.slots)
        for held, count in found.items():
            talk = after.talks[held[0]]
            is_anew = held[2] == after.now and count != self._units.get(held)
            if held not in self._units or is_anew:
                self._units[held] = after.units(talk)
            assert count == self._units[held], f"{count} slots, not {self._units[held]}"
        self._units = {held: self._units[held] for held in found}

    def _state_allows_what_is_held(self, after: Picture, talk: Talk) -> None:
        holders = {slot.agent_id for slot in after.slots if slot.conversation_id == talk.id}
        offers = [offer for offer in after.offers if offer.conversation_id == talk.id]
        asked = {offer.agent_id for offer in offers}
        questions = [offer for offer in offers if offer.from_agent_id is not None]
        own = set() if talk.is_quiet else {talk.agent_id}
        assert len(asked) == len(offers), "somebody is asked twice"
        match talk.state:
            case "new" | "queued":
                assert (talk.agent_id, holders, asked) == (None, set(), set()), talk
            case "offered":
                assert talk.agent_id is None, talk
                assert asked, "offered to nobody"
                assert holders == asked, talk
                assert not questions, talk
            case "active":
                assert talk.agent_id is not None, talk
                assert holders == own | asked, talk
                assert offers == questions, "on offer, and in somebody's hands"
                assert all(each.from_agent_id == talk.agent_id for each in questions)
                assert len(questions) <= 1, "several are asked to take over"
            case "wrap_up":
                assert (holders, asked) == (own, set()), talk
            case "closed":
                assert (holders, asked) == (set(), set()), talk
            case _:
                raise AssertionError(talk.state)

    async def _offers_end_once(self, since: datetime) -> None:
        """An offer that is over stays so, and whoever accepts does it in time (A7)."""
        for row in await self._db.fetch(ENDED, since):
            reason = row["end_reason"]
            assert self._ended.setdefault(row["id"], reason) == reason, dict(row.items())
            assert reason != "accepted" or row["ended_at"] < row["expires_at"], dict(row.items())

    def who_is_quiet_takes_no_room(self, before: Picture, after: Picture) -> None:
        """Whoever spoke a second ago takes room again; who has not for long takes none (A16).

        Where the rule has changed since, it may be a moment before that is heard of; who was silent
        for long enough by the new rule goes on being quiet.
        """
        for queue in after.queues.values():
            was = before.queues.get(queue.id)
            if was is None or was.quiet_after_s != queue.quiet_after_s:
                self._ruled[queue.id] = after.now
        for talk in after.within("active"):
            queue = after.queues.get(talk.queue_id) if talk.queue_id else None
            after_s = queue.quiet_after_s if queue else None
            assert talk.said_at is not None
            ruled_at = self._ruled.get(talk.queue_id, talk.said_at)
            silent_s = (after.now - talk.said_at).total_seconds()
            settled_s = min(silent_s, (after.now - ruled_at).total_seconds())
            is_owed = talk.unanswered_since is not None
            if talk.is_quiet:
                is_due = after_s is not None and not is_owed and silent_s >= after_s
                assert is_due or settled_s <= WAKES_S, f"{talk} is quiet and was spoken to"
            elif after_s is not None and not is_owed:
                assert settled_s < after_s + RESTS_S, f"{talk} takes room and nobody speaks"

    # P6

    def _age_is_kept(self, talk: Talk) -> None:
        if talk.queued_at is not None:
            assert self._ages.setdefault(talk.id, talk.queued_at) == talk.queued_at, talk

    def offers_are_right(
        self, before: Picture, after: Picture, now: Eligible, but: Collection[UUID]
    ) -> None:
        """Who was asked just now may take it, and nobody who waited already goes before (P6).

        Nor were they kept for somebody who needs several slots (P7).
        Of those in ``but`` it is not known what they had room for when they were asked.
        """
        was_waiting = {talk.id: talk.epoch for talk in before.within("queued")}
        others = [t for t in after.within("queued") if was_waiting.get(t.id) == t.epoch]
        same = [t for t in others if _is_same(before, after, t)]
        known = {offer.id for offer in before.offers}
        for offer in after.offers:
            is_old = offer.id in known or offer.made_at < after.now
            if is_old or offer.from_agent_id is not None:
                continue
            talk, agent = after.talks[offer.conversation_id], after.agents[offer.agent_id]
            assert now.might(agent, talk), f"{agent} was asked for {talk}"
            kept_for = None if agent.id in but else now.saving.robbed(agent, talk)
            is_new = kept_for is None or kept_for not in same
            assert is_new, f"{agent.name} was given {talk}, and kept for {kept_for}"
            for other in () if agent.id in but else others:
                if now.saving.lets_by(agent, talk, other):
                    continue
                if now.may(agent, other) and now.has_room(agent, other, without=talk):
                    tier, group, value = now.turn(other)
                    assert (tier, group, value + 1e-6) >= now.turn(talk), (
                        f"{agent.name} was given {talk} before {other}"
                    )

    # P8

    async def _records_replay(self, since: datetime) -> None:
        for row in await self._db.fetch(DECISIONS, since):
            if row["id"] not in self._decided:
                self._decided.add(row["id"])
                record = from_json(row["record"])
                again = replay(record)
                assert again == record.chosen, "the record decides otherwise"
                assert str(row["agent_id"]) in again, "somebody else was asked"
                self.decisions += 1

    async def _messages_are_gapless(self, ids: list[UUID]) -> None:
        for row in await self._db.fetch(MESSAGES, ids):
            assert row["count"] == row["last"] == row["head"], dict(row.items())

    async def whole(self) -> None:
        """Check what is over too, at the end."""
        wrong = await self._db.fetch(OVER)
        assert not wrong, [dict(row.items()) for row in wrong]
        assert await Books(self._db).wrong() == [], "reports differ from a recount (P12)"
        differing = await apart(self._db)
        assert not differing, ("reports differ from what was counted then (P12)", differing)


def _is_changed(before: Picture, talk: Talk) -> bool:
    known = before.talks.get(talk.id)
    return known is None or known.epoch != talk.epoch


def _is_same(before: Picture, after: Picture, talk: Talk) -> bool:
    """Tell whether somebody waits as before, in a queue that asks for the same."""
    queue_id = talk.queue_id
    if queue_id is None or before.talks[talk.id].emergency != talk.emergency:
        return False
    return before.queues.get(queue_id) == after.queues.get(queue_id)


def _epoch_grows(before: Picture, talk: Talk) -> None:
    known = before.talks.get(talk.id)
    assert known is None or known.epoch < talk.epoch, talk


def _events_are_gapless(talk: Talk, events: list[Record]) -> None:
    """Each change begins in the state in which the one before has ended."""
    state = None
    for event in events:
        assert event["from_state"] == state, (talk, [dict(each.items()) for each in events])
        state = event["to_state"]
    assert state == talk.state, (talk, state)
    assert events[0]["joined"] == _times_joined(events), "whoever takes it joins once"


def _times_joined(events: list[Record]) -> int:
    """Count how often the customer had to be told that somebody joined.

    Whoever talked beside the agent and takes over from them is there already.
    """
    beside, times = set[UUID](), 0
    for event in events:
        if event["kind"] == "stepped_out":
            beside.discard(event["actor_id"])
        elif event["kind"] == "joined":
            beside.add(event["actor_id"])
            times += 1
        elif event["taker"] is not None:
            times += event["taker"] not in beside or event["from_state"] != "active"
            beside.discard(event["taker"])
    return times


EVENTS = """
SELECT e.conversation_id AS id, e.kind, e.from_state, e.to_state, e.at,
       e.actor_id,
       CASE WHEN e.kind IN ('accepted', 'picked') THEN e.actor_id
            WHEN e.kind = 'assigned' THEN (e.data ->> 'agent')::uuid
            WHEN e.kind = 'transferred' AND e.data ? 'warm' THEN (e.data ->> 'to_agent')::uuid
        END AS taker,
       CASE WHEN e.kind = 'assigned' OR e.kind = 'woke' AND (e.data ->> 'over')::boolean
            THEN (e.data ->> 'agent')::uuid END AS forced,
       CASE WHEN e.kind = 'woke' THEN (e.data ->> 'agent')::uuid END AS woken,
       (SELECT count(*) FROM message m
         WHERE m.conversation_id = e.conversation_id AND m.notice = 'agent_joined') AS joined
  FROM conversation_event e WHERE e.conversation_id = ANY ($1::uuid[]) ORDER BY e.id
"""

MESSAGES = """
SELECT c.id, m.private, count(*), max(m.seq) AS last,
       CASE WHEN m.private THEN c.note_head ELSE c.head END AS head
  FROM conversation c JOIN message m ON m.conversation_id = c.id
 WHERE c.id = ANY ($1::uuid[]) GROUP BY c.id, m.private
"""

DECISIONS = """
SELECT d.id, d.record, o.agent_id FROM decision d JOIN offer o ON o.id = d.offer_id WHERE d.at >= $1
"""

ENDED = "SELECT id, end_reason, ended_at, expires_at FROM offer WHERE ended_at >= $1"

OVER = """
SELECT c.id, c.state, o.end_reason, s.number
  FROM conversation c
  LEFT JOIN offer o ON o.conversation_id = c.id AND o.ended_at IS NULL
  LEFT JOIN slot s ON s.conversation_id = c.id
 WHERE c.state = 'closed' AND (o.id IS NOT NULL OR s.number IS NOT NULL)
    OR (SELECT count(*) FROM offer WHERE conversation_id = c.id AND end_reason = 'accepted')
       > (SELECT count(*) FROM conversation_event e WHERE e.conversation_id = c.id
           AND (e.kind IN ('accepted', 'picked', 'assigned')
                OR e.kind = 'transferred' AND e.data ? 'warm'))
"""
