"""B23: days at random on the real services: units, several offers, limits, rings, misses, absences.

After every step the database keeps what was promised, and a host that reads everything anew finds
nothing to decide that this one has not decided (P5).
"""

from contextlib import suppress
from random import Random
from uuid import UUID

import pytest

from server.protocol.errors import AppError
from server.services.assignment.board import Board
from server.services.seats import AgentSeat
from storage.errors import StorageError
from storage.people import Overflow, QueueRow
from storage.routing_facts import RoutingFacts
from storage.rows import ConversationRow
from tests.assignment.nodes import counted
from tests.assignment.office import Office

STEPS = 80

BROKEN = """
SELECT c.id, c.state FROM conversation c LEFT JOIN queue q ON q.id = c.queue_id
 WHERE (c.state IN ('offered', 'active', 'wrap_up'))
       <> EXISTS (SELECT FROM slot WHERE conversation_id = c.id)
    OR (c.state = 'offered')
       <> EXISTS (SELECT FROM offer WHERE conversation_id = c.id AND ended_at IS NULL)
    OR EXISTS (SELECT FROM slot WHERE conversation_id = c.id
                GROUP BY agent_id HAVING count(*) <> q.units)
    OR (c.state IN ('active', 'wrap_up')
        AND EXISTS (SELECT FROM slot WHERE conversation_id = c.id AND agent_id <> c.agent_id))
    OR (c.state = 'offered'
        AND (SELECT count(DISTINCT agent_id) FROM slot WHERE conversation_id = c.id)
            <> (SELECT count(*) FROM offer WHERE conversation_id = c.id AND ended_at IS NULL))
"""

OVER = """
SELECT a.id FROM agent a WHERE capacity < (SELECT count(*) FROM slot WHERE agent_id = a.id)
UNION ALL
SELECT s.agent_id FROM slot s JOIN conversation c ON c.id = s.conversation_id
  JOIN queue q ON q.id = c.queue_id
 GROUP BY s.agent_id, q.id HAVING count(DISTINCT c.id) > q.per_agent_max
"""


class Day:
    """People who do something at random."""

    def __init__(self, office: Office, chance: Random) -> None:
        self.office, self.chance = office, chance
        self.seats: list[AgentSeat] = []
        self.queues: list[QueueRow] = []
        self.came: list[ConversationRow] = []

    async def begin(self) -> None:
        office, needs = self.office, self.office.skill
        first = await office.new_queue("light", offers_at_once=2, sticky_s=5)
        second = await office.new_queue(
            "heavy", units=2, skills=(await needs("tea", 3, ((20, 1),)),), policy="longest_idle"
        )
        third = await office.new_queue(
            "narrow",
            per_agent_max=1,
            wait_max_s=60,
            length_max=3,
            skills=(await needs("wine", 2),),
            overflow=(Overflow(first.id, 30),),
            offers_at_once=3,
            policy="round_robin",
        )
        self.queues = [office.queue, first, second, third]
        await office.sets_shop(lost_agent="requeue", lost_agent_s=30)
        for name, skills in (
            ("ann", {"tea": 4}),
            ("bob", {"tea": 2, "wine": 3}),
            ("cid", {"wine": 1}),
            ("dan", {"tea": 4}),
        ):
            self.seats.append(await office.agent(name, capacity=4, skills=skills))
        await office.turn()

    async def step(self) -> None:
        often = (self.ask, self.accept, self.close, self.wait)
        seldom = (self.decline, self.leave, self.status, self.reload, self.pick)
        deed = self.chance.choice((*often, *often, *seldom))
        with suppress(AppError, StorageError):  # refused, as it may be
            await deed()
        await self.office.turn()

    async def ask(self) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            returns = bool(self.came) and self.chance.random() < 0.2
            again = self.chance.choice(self.came) if returns else None
            queue = self.chance.choice(self.queues)
            self.came.append(await self.office.customer(queue=queue, turn=False, again=again))

    async def accept(self) -> None:
        seat = self.chance.choice(self.seats)
        for offer in (await self.office.node.desk.live_of(seat))[:1]:
            await self.office.node.desk.accept(seat, UUID(offer.offer))

    async def decline(self) -> None:
        seat = self.chance.choice(self.seats)
        for offer in (await self.office.node.desk.live_of(seat))[:1]:
            await self.office.node.desk.decline(seat, UUID(offer.offer), None)

    async def close(self) -> None:
        seat, transitions = self.chance.choice(self.seats), self.office.stores.transitions
        now = self.office.clock.now()
        for row in (await self.office.stores.conversations.in_hand(seat.agent_id))[:2]:
            closed = await transitions.close(row.id, seat.agent_id, None, now)
            await self.office.node.announce.moved(closed)

    async def leave(self) -> None:
        row = self.chance.choice(self.came) if self.came else None
        if row is not None:
            now = self.office.clock.now()
            moved = await self.office.stores.transitions.end_by_customer(
                row.id, row.visitor_id, now
            )
            await self.office.node.announce.moved(moved)

    async def status(self) -> None:
        status = self.chance.choice(("available", "available", "away", "busy"))
        await self.office.node.statuses.set(self.chance.choice(self.seats), status)

    async def reload(self) -> None:
        seat, presence = self.chance.choice(self.seats), self.office.node.presence
        signed_out = self.chance.random() < 0.3
        await presence.went(seat, seat.name, signed_out=signed_out)
        if self.chance.random() < 0.7:
            await presence.came(seat, seat.name)

    async def pick(self) -> None:
        waiting = await self.office.stores.conversations.waiting(self.office.shop.id)
        if waiting:
            seat = self.chance.choice(self.seats)
            await self.office.node.desk.pick(seat, self.chance.choice(waiting).id)

    async def wait(self) -> None:
        for seat in self.seats:  # whoever left comes back some time
            if self.chance.random() < 0.1:
                await self.office.node.presence.came(seat, seat.name)
        await self.office.passes(self.chance.choice((1, 3, 12)))

    async def check(self) -> None:
        office = self.office
        assert [dict(row) for row in await office.db.fetch(BROKEN)] == []
        assert [dict(row) for row in await office.db.fetch(OVER)] == []
        now = office.clock.now().timestamp()
        shop = await office.stores.shops.get(office.shop.id)
        assert shop is not None
        anew = Board(shop)
        anew.put_presence(await office.node.presence.until(shop.id), now)
        anew.put_all(await RoutingFacts(office.db).shop(shop.id))
        missed = [(each.task, each.agents) for each in anew.engine.decide(now)]
        assert missed == [], "somebody waits beside a free hand"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
async def test_b23_p4_p5_a_day_at_random_keeps_every_promise(office: Office, seed: int) -> None:
    day = Day(office, Random(seed))
    await day.begin()
    for _ in range(STEPS):
        await day.step()
        await day.check()
    await office.passes(12)
    assert counted(office.node, "swept_total") == 0
