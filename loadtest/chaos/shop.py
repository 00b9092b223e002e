"""The shop of the play, and what is read of it from PostgreSQL."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prometheus_client import CollectorRegistry

from loadtest.chaos.stored import Change, Held, Look, Row, Stored
from server.reports.job import Reporting, ReportMetrics
from server.reports.recount import recount
from server.services.accounts import token_hash
from storage.agent_sessions import AgentSessions
from storage.agents import Agents, NewAgent
from storage.database import Database
from storage.queues import NewQueue, Queues
from storage.reports.agreement import RollUps
from storage.reports.keeping import Keeping
from storage.reports.recount import Ledger
from storage.shops import ShopChanges, Shops

CAPACITY = 3
OFFER_S = 10


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop with one queue; every agent may take everybody."""

    id: UUID
    key: str
    tokens: dict[str, str]
    """Agent id → how they sign in."""
    onlooker: str
    """How somebody signs in who is never available."""


async def make_shop(db: Database, agents: int) -> Shop:
    """Make a shop that nobody has been in before; two agents are asked at once."""
    key = f"chaos-{secrets.token_hex(4)}"
    shop = await Shops(db).create(key, "Chaos", secrets.token_hex(20))
    await Shops(db).update(shop.id, ShopChanges(misses_max=10))
    await Queues(db).create(
        NewQueue(
            shop_id=shop.id,
            key="general",
            name="General",
            wrap_up_s=0,
            sticky_s=0,
            offers_at_once=2,
            offer_timeout_s=OFFER_S,
        )
    )
    hired = [await _hire(db, shop.id, f"agent{number}@{key}.example") for number in range(agents)]
    _, onlooker = await _hire(db, shop.id, f"onlooker@{key}.example")
    return Shop(shop.id, key, dict(hired), onlooker)


async def _hire(db: Database, shop_id: UUID, email: str) -> tuple[str, str]:
    """Return the new agent's id, and a token to sign in with."""
    new = NewAgent(shop_id=shop_id, email=email, name=email, password_hash="-", capacity=CAPACITY)
    agent = await Agents(db).create(new)
    token, now = secrets.token_urlsafe(), datetime.now(UTC)
    await AgentSessions(db).create(token_hash(token), agent.id, now, now + timedelta(days=1))
    return str(agent.id), token


async def read_stored(db: Database, shop: Shop) -> Stored:
    """Read everything that the checker compares with."""
    held = await db.fetch(HELD, shop.id)
    messages = await db.fetch(MESSAGES, shop.id)
    changes = await db.fetch(CHANGES, shop.id)
    taken = await db.fetch(TAKEN, shop.id)
    capacity = await db.fetch(CAPACITIES, shop.id)
    return Stored(
        conversations=[Held(*row) for row in held],
        messages=[Row(*row) for row in messages],
        changes=[Change(*row) for row in changes],
        taken={row["id"]: row["agent"] for row in taken},
        capacity={row["id"]: row["capacity"] for row in capacity},
        miscounted=await miscounted(db, shop),
    )


async def miscounted(db: Database, shop: Shop) -> list[str]:
    """Count all figures of reports again, as `kefu recount` does; return what differs."""
    job = Reporting(Keeping(db), ReportMetrics(CollectorRegistry()))
    found = await recount(Ledger(db), RollUps(db), job, shop.id)
    return [
        *(f"{each.conversation_id}: {each.row} {each.column}" for each in found.differences),
        *(f"{each}: busy although all is quiet" for each in found.busy),
        *(f"{each.day} by {each.axis}: {each.what}" for each in found.cells),
    ]


async def look_around(db: Database, shop: Shop, at_s: float) -> Look:
    """Note who waits although somebody who may be asked has a free place."""
    rows = await db.fetch(BESIDE_A_FREE_HAND, shop.id)
    return Look(at_s, frozenset(row["id"] for row in rows))


HELD = """
SELECT id::text, visitor_id::text, client_id, state, head FROM conversation WHERE shop_id = $1
"""

MESSAGES = """
SELECT m.conversation_id::text, m.seq, m.client_id, m.text, m.sender_kind = 'system'
  FROM message m JOIN conversation c ON c.id = m.conversation_id
 WHERE c.shop_id = $1 AND NOT m.private
"""

CHANGES = """
SELECT e.conversation_id::text, e.kind, e.to_state,
       coalesce(e.data ->> 'agent', CASE WHEN e.kind = 'accepted' THEN e.actor_id::text END)
  FROM conversation_event e JOIN conversation c ON c.id = e.conversation_id
 WHERE c.shop_id = $1 AND e.to_state IS NOT NULL ORDER BY e.id
"""

TAKEN = """
SELECT o.id::text, o.agent_id::text AS agent FROM offer o JOIN conversation c
    ON c.id = o.conversation_id
 WHERE c.shop_id = $1 AND o.end_reason = 'accepted'
"""

CAPACITIES = "SELECT id::text, capacity FROM agent WHERE shop_id = $1"

# Whoever missed this one or declined it is not asked again.
BESIDE_A_FREE_HAND = """
SELECT c.id::text FROM conversation c
 WHERE c.shop_id = $1 AND c.state = 'queued' AND EXISTS (
       SELECT FROM agent a
        WHERE a.shop_id = $1 AND a.status = 'available' AND a.unresponsive_at IS NULL
          AND a.capacity > (SELECT count(*) FROM slot s WHERE s.agent_id = a.id)
          AND NOT EXISTS (SELECT FROM offer o
                           WHERE o.conversation_id = c.id AND o.agent_id = a.id
                             AND o.end_reason IN ('timed_out', 'declined')))
"""
