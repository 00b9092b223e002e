from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from server.protocol.errors import NotFound
from server.services.assignment.lease import Tenure
from server.services.assignment.places import Place, SharedPlaces
from server.services.assignment.pokes import Pokes
from server.services.presence import Presence
from server.services.seats import AgentSeat
from storage import valkey
from storage.errors import Away, Gone, StorageUnavailable
from storage.places import PlaceStore
from storage.presence import PresenceLeases
from storage.rows import Lease
from tests.assignment.nodes import LEASE_S, counted
from tests.assignment.office import Office
from tests.support.clock import START, FakeClock


class Leases:
    """Another node's Valkey, which may be away."""

    def __init__(self) -> None:
        self.is_away = False
        self.kept: dict[tuple[UUID, str], float] = {}

    async def vouch(
        self, shop_id: UUID, agent_ids: Iterable[UUID], node: str, until_s: float
    ) -> None:
        if self.is_away:
            raise Away
        self.kept.update({(agent_id, node): until_s for agent_id in agent_ids})

    async def vouched(self, shop_id: UUID) -> Mapping[tuple[UUID, str], float]:
        if self.is_away:
            raise Away
        return dict(self.kept)


def seat(shop_id: UUID) -> AgentSeat:
    return AgentSeat(uuid4(), shop_id, "ann", "agent")


async def test_without_valkey_a_node_knows_its_own_and_heals_when_it_is_back() -> None:
    leases, clock, shop_id = Leases(), FakeClock(), uuid4()
    here, there = (
        Presence(leases, Pokes(), clock, name, ttl_s=15, grace_s=10) for name in ("here", "there")
    )
    ann, bob, cas = seat(shop_id), seat(shop_id), seat(shop_id)
    await here.came(ann, "s1")
    await there.came(bob, "s2")
    assert await here.online(shop_id) == {ann.agent_id, bob.agent_id}

    leases.is_away = True
    await here.came(cas, "s3")
    assert await here.online(shop_id) == {ann.agent_id, bob.agent_id, cas.agent_id}
    await clock.advance(16)
    assert await here.online(shop_id) == {ann.agent_id, cas.agent_id}
    await here.went(cas, "s3")
    await clock.advance(9)
    assert await here.online(shop_id) == {ann.agent_id, cas.agent_id}
    await clock.advance(2)
    assert await here.online(shop_id) == {ann.agent_id}

    leases.is_away = False
    await here.renew()
    await there.renew()
    assert await here.online(shop_id) == {ann.agent_id, bob.agent_id}


async def test_a_valkey_that_was_emptied_does_not_make_anybody_leave() -> None:
    leases, clock, shop_id = Leases(), FakeClock(), uuid4()
    here, there = (
        Presence(leases, Pokes(), clock, name, ttl_s=15, grace_s=10) for name in ("here", "there")
    )
    bob = seat(shop_id)
    await there.came(bob, "s1")
    assert await here.online(shop_id) == {bob.agent_id}

    leases.kept.clear()

    assert await here.online(shop_id) == {bob.agent_id}


async def test_nobody_queues_for_a_valkey_that_is_away() -> None:
    client = valkey.connect("redis://127.0.0.1:1/0")
    leases, places = PresenceLeases(client), SharedPlaces(PlaceStore(client))

    for _ in range(2):
        with pytest.raises(Away):
            await leases.vouched(uuid4())
    with pytest.raises(Away):
        await leases.vouch(uuid4(), [uuid4()], "node", 0.0)

    one, other = uuid4(), uuid4()
    await places.write({one: Place(1)}, [])
    assert await places.of([one, other]) == {one: Place(1)}
    places.disown()
    assert await places.of([one]) == {}
    await client.aclose()


class Registry:
    """Where leases are held, unless it is away."""

    def __init__(self) -> None:
        self.is_away = False

    async def hold(self, partition: int, node: str, ttl_s: float, now: object) -> Lease | None:
        if self.is_away:
            raise StorageUnavailable
        return Lease(partition, node, 1, START + timedelta(seconds=ttl_s))

    async def release(self, lease: Lease) -> None:
        if self.is_away:
            raise StorageUnavailable


async def test_a_lease_runs_on_to_its_end_while_postgresql_is_away() -> None:
    registry, clock = Registry(), FakeClock()
    tenure = Tenure(registry, clock, "node", ttl_s=2.5)
    await tenure.renew()
    registry.is_away = True

    await clock.advance(2)
    await tenure.renew()
    assert tenure.lease is not None

    await clock.advance(1)
    await tenure.renew()
    assert tenure.lease is None
    await tenure.release()


async def test_giving_a_lease_back_may_fail_it_ends_by_itself() -> None:
    registry = Registry()
    tenure = Tenure(registry, FakeClock(), "node", ttl_s=2.5)
    await tenure.renew()
    registry.is_away = True

    await tenure.release()

    assert tenure.lease is None


async def test_hours_are_remembered_for_a_moment_and_no_shop_is_no_shop(office: Office) -> None:
    first = await office.node.opening.hours(office.shop.id)

    assert await office.node.opening.hours(office.shop.id) is first
    with pytest.raises(NotFound):
        await office.node.opening.hours(uuid4())


async def test_an_automatic_accept_that_fails_becomes_a_question(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = await office.new_queue("quick", auto_accept=True)
    ann = await office.agent("ann")
    offers = office.node.host._dealer._offers  # pyright: ignore[reportPrivateUsage]

    async def fail(*_: object) -> None:
        raise Gone("closed")

    monkeypatch.setattr(offers, "accept", fail)
    row = await office.customer(queue=quick)

    assert office.offered(ann) == [row.id]


async def test_a_wrap_up_that_its_agent_ended_in_the_same_moment_is_left_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    transitions = office.stores.transitions
    real = transitions.finish

    async def quicker(*args: object) -> object:
        await real(row.id, ann.agent_id, None, office.clock.now())
        return await real(*args)  # pyright: ignore[reportArgumentType]

    await office.moved(await transitions.close(row.id, ann.agent_id, None, office.clock.now()))
    monkeypatch.setattr(transitions, "finish", quicker)
    await office.passes(12)

    assert (await office.row(row)).state == "closed"
    assert await office.slots(ann) == 0


async def test_who_was_dismissed_is_offered_nothing_more(office: Office) -> None:
    ann = await office.agent("ann")
    await office.turn()

    await office.stores.agents.deactivate(office.shop.id, ann.agent_id, office.clock.now())
    office.node.pokes.agent_touched(office.shop.id, ann.agent_id)
    await office.customer()
    office.node.pokes.shop_touched(office.shop.id)
    await office.turn()

    assert office.offered(ann) == []
    with pytest.raises(NotFound):
        await office.node.statuses.set(seat(office.shop.id), "away")


class Killed(BaseException):
    """The node ends here, whatever it was about to do."""


async def test_p5_what_a_killed_host_had_no_time_to_tell_the_next_one_tells(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    await office.turn()
    monkeypatch.setattr(office.node.host._dealer._cards, "card", killed)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(Killed):
        await office.customer()
    assert office.offered(ann) == []

    other = office.another_node()
    await office.clock.advance(LEASE_S + 0.1)
    await office.turn(other)
    await office.turn(other)

    assert len(office.offered(ann)) == 1


async def test_p5_the_next_host_accepts_what_a_killed_one_was_about_to(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = await office.new_queue("quick", auto_accept=True)
    ann = await office.agent("ann")
    await office.turn()
    offers = office.node.host._dealer._offers  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(offers, "accept", killed)
    row = await office.customer(queue=quick, turn=False)
    with pytest.raises(Killed):
        await office.turn()

    other = office.another_node()
    await office.clock.advance(LEASE_S + 0.1)
    await office.turn(other)

    assert (await office.row(row)).agent_id == ann.agent_id


async def test_an_offer_whose_reply_was_lost_is_told_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    await office.turn()
    offers = office.node.host._dealer._offers  # pyright: ignore[reportPrivateUsage]
    real = offers.make

    async def lose(*args: object) -> None:
        await real(*args)  # pyright: ignore[reportArgumentType]
        raise StorageUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(offers, "make", lose)
        with pytest.raises(StorageUnavailable):
            await office.customer()
    await office.turn()

    assert len(office.offered(ann)) == 1


async def test_a3_an_agent_who_stepped_away_keeps_no_offer_though_their_node_was_killed(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    assert office.offered(ann) == [row.id]

    await office.stores.agents.set_status(ann.agent_id, "away", office.clock.now())
    office.node.pokes.agent_touched(office.shop.id, ann.agent_id)
    await office.turn()

    assert (await office.row(row)).state == "queued"
    assert await office.slots(ann) == 0


async def test_p5_who_was_dismissed_by_a_killed_node_takes_nothing_by_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = await office.new_queue("quick", auto_accept=True)
    ann = await office.agent("ann")
    await office.turn()
    offers = office.node.host._dealer._offers  # pyright: ignore[reportPrivateUsage]
    with monkeypatch.context() as patched:
        patched.setattr(offers, "accept", killed)
        row = await office.customer(queue=quick, turn=False)
        with pytest.raises(Killed):
            await office.turn()
    await office.stores.agents.deactivate(office.shop.id, ann.agent_id, office.clock.now())

    other = office.another_node()
    await office.clock.advance(LEASE_S + 0.1)
    await office.turn(other)

    assert (await office.row(row)).state == "queued"
    assert await office.slots(ann) == 0
    assert counted(other, "failed_total") == 0


async def test_p5_a_renewal_that_comes_after_the_end_of_the_lease_overlooks_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    await office.turn()
    await office.clock.advance(LEASE_S - 1)
    leases = office.node.tenure._leases  # pyright: ignore[reportPrivateUsage]
    real, arrived = leases.hold, list[UUID]()

    async def late(partition: int, node: str, ttl_s: float, now: datetime) -> Lease | None:
        held = await real(partition, node, ttl_s, now)
        await office.clock.advance(1.1)
        arrived.append((await office.customer(turn=False)).id)  # there is no host to hear of it
        return held

    with monkeypatch.context() as patched:
        patched.setattr(leases, "hold", late)
        await office.node.tenure.renew()
    assert office.node.tenure.lease is not None
    await office.node.host.turn()

    assert office.offered(ann) == arrived


async def killed(*_: object) -> None:
    raise Killed


async def test_what_a_newer_node_noted_in_valkey_otherwise_is_not_in_the_way(
    redis_url: str,
) -> None:
    realm, shop_id, agent_id = f"{uuid4()}:", uuid4(), uuid4()
    async with valkey.asking(redis_url) as client:
        leases, places = PresenceLeases(client, realm), PlaceStore(client, realm)
        await leases.vouch(shop_id, [agent_id], "node", 5.0)
        await client.zadd(f"{realm}kefu:present:{shop_id}", {"v2;of;something": 5.0})
        await client.set(f"{realm}kefu:place:{agent_id}", '[3, [10, 20], "likely", "new"]')

        assert await leases.vouched(shop_id) == {(agent_id, "node"): 5.0}
        assert await places.read([agent_id]) == {agent_id: (3, (10, 20), "likely")}
