"""Makes a past of millions of messages inside PostgreSQL, in a minute for each million."""

from hashlib import md5
from uuid import UUID

from storage.agents import Agents, NewAgent
from storage.database import Database
from storage.queues import NewQueue, Queues
from storage.shops import Shops

AGENTS = 50
EACH = 10
"""Messages of a conversation."""

VISITS = 3
"""Conversations of a customer."""

OPEN = 300
"""Conversations that are under way; the rest is closed."""

SLICE = 50_000
"""Conversations that are made in one statement."""


async def fill(db: Database, messages: int) -> UUID:
    """Make a shop with a past of so many messages; return its id."""
    shop = await Shops(db).create("history", "History", "s" * 40)
    queue = await Queues(db).create(NewQueue(shop_id=shop.id, key="old", name="Old"))
    for number in range(AGENTS):
        email = f"agent{number}@history.example"
        await Agents(db).create(
            NewAgent(shop_id=shop.id, email=email, name=f"Agent {number}", password_hash="-")
        )
    conversations = messages // EACH
    await db.execute(VISITORS, shop.id, conversations // VISITS + 1)
    for first in range(0, conversations, SLICE):
        count = min(SLICE, conversations - first)
        await db.execute(CONVERSATIONS, shop.id, queue.id, first, count, conversations - OPEN)
    for first in range(0, conversations, SLICE):
        await db.execute(MESSAGES, first, min(SLICE, conversations - first), EACH)
    await db.execute("TRUNCATE search_due")  # it is all from before there was a search
    await db.execute("INSERT INTO search_backlog (shop_id) VALUES ($1)", shop.id)
    await db.execute("ANALYZE")
    return shop.id


VISITORS = """
INSERT INTO visitor (id, shop_id, external_id, name, email, seen_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, 'customer-' || n,
       initcap(substr(md5(n::text), 1, 6)) || ' ' || initcap(substr(md5(n || 'x'), 1, 8)),
       substr(md5(n::text), 1, 10) || '@mail.example', now()
  FROM generate_series(0, $2::integer) AS n
"""

CONVERSATIONS = """
INSERT INTO conversation (id, shop_id, visitor_id, client_id, state, queue_id, agent_id, head,
                          created_at, queued_at, assigned_at, closed_at, closed_by, last_at,
                          last_sender, last_text, waiting_ms, first_response_ms)
SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, $1,
       ('00000000-0000-7000-8000-' || lpad(to_hex(n * 7919 % ($5 / 3)), 12, '0'))::uuid,
       'start-' || n,
       CASE WHEN n < $5 THEN 'closed' ELSE 'active' END, $2, a.id, 10,
       at, at, at + '20 s', CASE WHEN n < $5 THEN at + '9 min' END,
       CASE WHEN n < $5 THEN 'agent' END, at + '8 min', 'agent',
       'Glad to help with order ' || md5(n || 'o'), 20000, 25000
  FROM (SELECT n, now() - (($5 + 300 - n) * interval '37 s') AS at
          FROM generate_series($3::bigint, $3::bigint + $4::bigint - 1) AS n) AS made
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM agent WHERE shop_id = $1) a
    ON a.place = n % 50
ON CONFLICT DO NOTHING
"""

# As in any language few words are said often and most of them seldom: the one at a rank is said
# half as often as the one at half the rank.
MESSAGES = """
INSERT INTO message (conversation_id, private, seq, client_id, sender_kind, text, at)
SELECT c.id, false, seq, 'm-' || seq, CASE WHEN seq % 2 = 1 THEN 'customer' ELSE 'agent' END,
       CASE WHEN n % 3 > 0
            THEN concat('Where is my order ', md5(n::text || seq),
                        '? I have been waiting since Tuesday. ', latin, '.')
            ELSE concat('你好，我的订单', substr(md5(n::text || seq), 1, 10),
                        '还没有发货，', chinese, '，谢谢。') END,
       c.created_at + seq * interval '45 s'
  FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n
  JOIN conversation c
    ON c.id = ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid
 CROSS JOIN generate_series(1, $3::integer) AS seq
 CROSS JOIN LATERAL (
       SELECT string_agg(translate((20000 ^ random())::integer::text, '0123456789', 'bdfglmnprt'),
                         ' ') AS latin,
              string_agg(chr(19968 + (3000 ^ random())::integer), '') AS chinese
         FROM generate_series(1, 4) WHERE seq > 0) AS words
"""


def word_at(rank: int) -> str:
    """Return the word at a rank (1 to 20,000) of how often it is said."""
    return str(rank).translate(str.maketrans("0123456789", "bdfglmnprt"))


def sign_at(rank: int) -> str:
    """Return the Chinese sign at a rank (1 to 3,000) of how often it is written."""
    return chr(19968 + rank)


def number_in(conversation: int, seq: int) -> str:
    """Return the order number that is said in a message of a conversation, and nowhere else."""
    digest = md5(f"{conversation}{seq}".encode(), usedforsecurity=False).hexdigest()
    return digest if conversation % 3 else digest[:10]
