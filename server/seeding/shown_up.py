"""What the log says of the demo shop's past: who came when, by the plan and by what they did.

Whoever had a conversation was connected and available: the log says nothing that the conversations
of the past deny. Between them people come late at times, leave early, or are long at lunch.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from server.schedule.spans import Span, common, joined, without
from server.seeding.rota import Rota
from storage.people import AgentRow
from storage.schedule.rows import ShiftRow
from storage.states import PresenceRow, StateRow

NODE = "demo"
MINUTE = timedelta(minutes=1)
LATE, EARLY, LONG, EXTRA = 0.09, 0.07, 0.12, 0.1
"""How often somebody comes late, leaves early, is long on a break, or takes one more."""


class Seen(NamedTuple):
    """Rows of the log."""

    states: list[StateRow]
    presence: list[PresenceRow]


def seen(
    agents: Sequence[AgentRow],
    rota: Rota,
    held: dict[UUID, list[Span]],
    now: datetime,
    chance: Random,
) -> Seen:
    """Return the log of everybody up to now."""
    found = Seen([], [])
    for agent in agents:
        shifts = rota.worked(agent.id, now)
        talks = joined((begin - MINUTE, end + MINUTE) for begin, end in held.get(agent.id, []))
        stays = joined([*(span for row in shifts for span in _stay(row, chance)), *talks])
        at_work = joined([*without(stays, _pauses(shifts, chance)), *talks])
        past = [(datetime.min.replace(tzinfo=now.tzinfo), now)]
        _log(found, agent, common(stays, past), common(at_work, past))
    return found


def _stay(row: ShiftRow, chance: Random) -> Iterator[Span]:
    """Yield when somebody was there for a shift, breaks included."""
    come = chance.uniform(9, 35) if chance.random() < LATE else chance.uniform(-9, 1)
    leave = -chance.uniform(12, 45) if chance.random() < EARLY else chance.uniform(-1, 7)
    yield _later(row.starts_at, come), _later(row.ends_at, leave)


def _pauses(shifts: Sequence[ShiftRow], chance: Random) -> list[Span]:
    """Return the breaks that were taken."""
    found: list[Span] = []
    for row in shifts:
        for begin, end in row.breaks:
            over = chance.uniform(9, 26) if chance.random() < LONG else chance.uniform(-3, 1.5)
            found.append((_later(begin, chance.uniform(-1, 3)), _later(end, over)))
        if chance.random() < EXTRA:
            begin = row.starts_at + (row.ends_at - row.starts_at) * chance.uniform(0.1, 0.85)
            found.append((_later(begin, 0), _later(begin, chance.uniform(6, 18))))
    return found


def _log(found: Seen, agent: AgentRow, stays: Sequence[Span], at_work: Sequence[Span]) -> None:
    """Write down one state after the other: available while at work, away from then on."""
    found.presence.extend(
        PresenceRow(shop_id=agent.shop_id, agent_id=agent.id, node=NODE, since=begin, until=end)
        for begin, end in stays
    )
    last = agent.status_at
    for n, (begin, end) in enumerate(at_work):
        then = at_work[n + 1][0] if n + 1 < len(at_work) else last
        for state, since, until in (("available", begin, end), ("away", end, then)):
            if since < until:
                found.states.append(
                    StateRow(
                        shop_id=agent.shop_id,
                        agent_id=agent.id,
                        state=state,  # type: ignore[arg-type]
                        since=since,
                        until=until,
                    )
                )


def _later(at: datetime, minutes: float) -> datetime:
    return (at + minutes * MINUTE).replace(microsecond=0)
