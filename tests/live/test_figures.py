"""Who could take, how long one would wait, how the agents do: each as PostgreSQL or routing say."""

from __future__ import annotations

from datetime import timedelta

from server.protocol.live import LiveAgent, LiveQueue
from server.services.live.view import DAY_TICKS, SLOW_TICKS
from server.services.seats import AgentSeat
from storage.people import QueueRow
from storage.states import StateLog
from tests.assignment.office import Office
from tests.live.conftest import NODE, Watch


def agent(watch: Watch, seat: AgentSeat) -> LiveAgent:
    found = watch.known[str(seat.agent_id)]
    assert isinstance(found, LiveAgent)
    return found


def queue(watch: Watch, row: QueueRow) -> LiveQueue:
    found = watch.known[str(row.id)]
    assert isinstance(found, LiveQueue)
    return found


def takers(watch: Watch, row: QueueRow) -> tuple[int, int, int, list[str]]:
    found = queue(watch, row)
    return found.able, found.ready, found.free, found.lacks


async def test_a_queue_says_who_could_take_from_it_and_what_it_lacks(
    office: Office, watch: Watch
) -> None:
    german = await office.new_queue("german", skills=(await office.skill("lang:de", 3),))
    french = await office.new_queue("french", skills=(await office.skill("lang:fr", 1),))
    ann = await office.agent("ann", skills={"lang:de": 4})
    bob = await office.agent("bob", skills={"lang:de": 2})
    await watch.begins()

    assert takers(watch, office.queue) == (2, 2, 2, [])
    assert takers(watch, german) == (1, 1, 1, [])
    assert takers(watch, french) == (0, 0, 0, ["lang:fr"])
    assert set(agent(watch, ann).serves) == {str(office.queue.id), str(german.id)}
    assert agent(watch, bob).serves == [str(office.queue.id)]

    await office.customer(queue=german)
    await office.accepts(ann)
    await watch.ticks(SLOW_TICKS)
    assert takers(watch, german) == (1, 1, 0, [])

    await office.sets(ann, "away")
    await watch.ticks(SLOW_TICKS)
    assert takers(watch, german) == (1, 0, 0, ["lang:de"])

    await office.sets(bob, "away")
    await watch.ticks(SLOW_TICKS)
    assert takers(watch, german) == (1, 0, 0, []), "people are missing, not skills"


async def test_whoever_helps_out_later_counts_as_able_but_their_skills_are_lacked_at_first(
    office: Office, watch: Watch
) -> None:
    need = await office.skill("returns", 4, ((60, 2),))
    returns = await office.new_queue("returns", skills=(need,))
    await office.agent("ann", skills={"returns": 2})
    await watch.begins()

    assert takers(watch, returns) == (1, 1, 1, ["returns"])


async def test_who_comes_now_would_wait_as_long_as_whoever_stands_last_is_told(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann", capacity=1)
    for _ in range(5):
        served = await office.customer()
        await office.accepts(ann)
        await office.passes(60)
        await office.resolves(ann, served)
    await watch.begins()
    assert queue(watch, office.queue).eta_s is None, "nobody waits"

    await office.customer()
    await office.accepts(ann)
    rows = [await office.customer() for _ in range(3)]
    await office.passes(61)
    await office.node.host.turn()
    await watch.ticks(SLOW_TICKS)

    place = (await office.node.places.of([rows[-1].id]))[rows[-1].id]
    assert place.position == 3
    assert place.eta_s is not None
    assert queue(watch, office.queue).eta_s == place.eta_s


async def test_an_agents_day_is_what_was_closed_missed_and_said(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann", capacity=1)
    for seconds in (10, 30):
        served = await office.customer()
        await office.accepts(ann)
        await office.passes(seconds)
        await office.resolves(ann, served)
    held = await office.customer()
    await watch.begins()
    assert (agent(watch, ann).handled, agent(watch, ann).missed) == (2, 0)
    told = await office.db.fetchval("SELECT round(avg(handle_ms) / 1000)::int FROM conversation")
    assert agent(watch, ann).handle_s == told

    await office.passes(31)  # the offer runs out
    await office.customer()
    await watch.ticks(DAY_TICKS)
    assert agent(watch, ann).missed == 1
    assert agent(watch, ann).replied_at is None

    await office.db.execute(
        "UPDATE conversation SET state = 'active', agent_id = $2 WHERE id = $1",
        held.id,
        ann.agent_id,
    )
    for seq, (kind, sender) in enumerate([("agent", ann.agent_id), ("customer", held.visitor_id)]):
        await office.db.execute(
            "INSERT INTO message (conversation_id, private, seq, client_id, sender_kind,"
            " sender_id, text, at) VALUES ($1, false, $2, $3, $4, $5, 'text', $6)",
            held.id,
            10 + seq,
            f"said-{seq}-12345",
            kind,
            sender,
            office.clock.now() + timedelta(seconds=seq),
        )
    await watch.ticks(SLOW_TICKS)
    assert agent(watch, ann).replied_at == office.clock.now()


async def test_who_has_just_lost_the_line_is_reconnecting_and_then_gone(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann")
    other = office.another_node()
    bob = await office.agent("bob", node=other)
    await watch.begins()
    assert (agent(watch, ann).reconnecting, agent(watch, bob).reconnecting) == (False, False)

    await office.node.presence.went(ann, "ann")
    await office.clock.advance(7)  # the other node has died: it vouches no more
    await watch.ticks(SLOW_TICKS)
    for each in (agent(watch, ann), agent(watch, bob)):
        assert (each.here, each.reconnecting) == (True, True)

    await other.presence.renew()
    await office.clock.advance(4)
    await watch.ticks(SLOW_TICKS)
    assert (agent(watch, ann).here, agent(watch, ann).reconnecting) == (False, False)
    assert (agent(watch, bob).here, agent(watch, bob).reconnecting) == (True, False)


async def test_since_is_how_long_they_are_as_they_are_shown(office: Office, watch: Watch) -> None:
    log, clock = StateLog(office.db), office.clock
    ann = await office.agent("ann")
    chose = clock.now()
    await log.vouch(office.shop.id, [ann.agent_id], NODE, chose, chose + timedelta(hours=1))
    await watch.begins()
    assert agent(watch, ann).since == chose

    await office.db.execute("UPDATE shop SET misses_max = 1 WHERE id = $1", office.shop.id)
    await office.customer()
    await office.passes(90)
    silent = chose + timedelta(seconds=30)  # when the offer ran out
    await watch.ticks(SLOW_TICKS)
    assert (agent(watch, ann).responding, agent(watch, ann).since) == (False, silent)

    await office.passes(60)
    left = clock.now()
    await office.node.presence.went(ann, "ann", signed_out=True)
    await log.vouch(office.shop.id, [ann.agent_id], NODE, left, left)
    await clock.advance(60)
    await watch.ticks(SLOW_TICKS)
    assert (agent(watch, ann).here, agent(watch, ann).since) == (False, left)

    await office.sets(ann, "away")
    await clock.advance(60)
    await office.sets(ann, "available")
    await clock.advance(60)
    back = clock.now()
    await log.vouch(office.shop.id, [ann.agent_id], NODE, back, back + timedelta(hours=1))
    await office.node.presence.came(ann, "ann")
    await clock.advance(1)
    await watch.ticks(SLOW_TICKS)
    assert (agent(watch, ann).here, agent(watch, ann).since) == (True, back)

    rested = back + timedelta(seconds=1)
    await office.db.execute(
        "INSERT INTO shop_idle (shop_id, after_s) VALUES ($1, 60)", office.shop.id
    )
    await office.stores.idle.rest(ann.agent_id, rested)
    await watch.ticks(SLOW_TICKS)
    assert (agent(watch, ann).idle, agent(watch, ann).since) == (True, rested)
