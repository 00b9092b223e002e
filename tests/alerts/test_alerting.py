"""Alerts: raised once, cleared once, whatever figures swing and whichever node looks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from server.protocol.alerts import AlertRulePatch, AlertsQuery
from server.protocol.errors import Forbidden, Invalid
from server.services.alerts.job import LOOK_S
from server.services.seats import AgentSeat
from storage.alert_rules import AlertRuleRow, AlertRules
from storage.errors import Away
from tests.alerts.conftest import Watch, Watcher
from tests.assignment.office import Office
from tests.sockets.waiting import until

HOOK = "http://127.0.0.1:9/hook"


async def test_who_leads_is_told_once_it_lasts_and_again_when_it_stays_well(
    office: Office, watch: Watch
) -> None:
    await watch.rule("waiting", 2, hold_s=10, clear_s=10, webhook_url=HOOK)
    first, second = await office.customer(), await office.customer()
    await watch.looks(2)
    assert watch.standing == [], "it may pass by itself"

    await watch.looks()
    assert watch.standing == [("waiting!", "General")]
    [alert] = watch.told[-1]
    assert (alert.value, alert.threshold) == (2, 2)
    assert alert.raised_at - alert.since == timedelta(seconds=10)

    await watch.served(first.id)
    await watch.served(second.id)
    await watch.looks(2)
    assert watch.standing, "it may come back"
    await watch.looks()
    assert watch.standing == []
    assert await watch.kinds() == ["raised", "cleared"]
    [past] = (await watch.admin.past(watch.lead, AlertsQuery())).items
    assert (past.value, past.cleared_at) == (2, office.clock.now())


async def test_what_passes_before_it_lasts_is_never_told(office: Office, watch: Watch) -> None:
    await watch.rule("waiting", 1, hold_s=10, webhook_url=HOOK)
    for _ in range(5):
        row = await office.customer()
        await watch.looks(2)
        await watch.served(row.id)
        await watch.looks()

    assert await watch.raised() == 0
    assert (watch.standing, await watch.kinds()) == ([], [])
    assert await office.db.fetchval("SELECT count(*) FROM alert") == 0


async def test_a_figure_that_swings_about_the_threshold_raises_once(
    office: Office, watch: Watch
) -> None:
    """At ten it is raised; nine is well, though not for long enough; so it stays raised."""
    await watch.rule("waiting", 10, hold_s=0, clear_s=20, webhook_url=HOOK)
    rows = [await office.customer(turn=False) for _ in range(9)]
    for _ in range(8):
        last = await office.customer(turn=False)
        await watch.looks(3)
        await watch.served(last.id)
        await watch.looks(3)

    assert await watch.raised() == 1
    assert watch.standing == [("waiting!", "General")]
    assert await watch.kinds() == ["raised"]
    for row in rows:
        await watch.served(row.id)
    await watch.looks(5)
    assert (watch.standing, await watch.kinds()) == ([], ["raised", "cleared"])


async def test_another_node_goes_on_where_the_one_before_died(office: Office, watch: Watch) -> None:
    """It neither begins anew to count how long it lasts, nor tells twice, nor forgets to clear."""
    await watch.rule("waiting", 1, hold_s=15, clear_s=15, webhook_url=HOOK)
    row, other = await office.customer(), Watcher(office, hosts=False)
    await watch.looks(3, watch.node, other)
    watch.node.hosts, other.hosts = False, True
    await watch.looks(1, watch.node, other)
    assert watch.standing == [("waiting!", "General")]
    assert await watch.kinds() == ["raised"]

    await watch.served(row.id)
    await watch.looks(2, other)
    third = Watcher(office)
    before = len(watch.told)
    await watch.looks(1, third)
    assert len(watch.told) == before + 1, "who takes over tells what stands, in case nobody did"
    await watch.looks(1, third)
    assert watch.standing == []
    assert await watch.kinds() == ["raised", "cleared"]
    assert await watch.raised() == 1


async def test_two_that_take_themselves_for_the_host_raise_one(
    office: Office, watch: Watch
) -> None:
    await watch.rule("waiting", 1, hold_s=0, clear_s=0, webhook_url=HOOK)
    row = await office.customer()
    nodes = [Watcher(office) for _ in range(4)]
    for _ in range(3):
        await office.clock.advance(LOOK_S)
        await asyncio.gather(*(each.alerting.turn() for each in nodes))
    await watch.served(row.id)
    for _ in range(3):
        await office.clock.advance(LOOK_S)
        await asyncio.gather(*(each.alerting.turn() for each in nodes))

    assert (await watch.raised(), await watch.kinds()) == (1, ["raised", "cleared"])


async def test_each_metric_finds_whom_it_is_about(office: Office, watch: Watch) -> None:
    for metric in ("longest_wait", "unanswered"):
        await watch.rule(metric, 60, hold_s=0)
    for metric in ("uncovered", "not_responding", "gone"):
        await watch.rule(metric, hold_s=0)
    german = await office.new_queue("german", skills=[await office.skill("lang:de", 3)])
    ann = await office.agent("ann")
    await office.customer(queue=german)
    served = await office.customer()
    await office.accepts(ann)
    await watch.looks()
    assert watch.standing == [("uncovered!", "german")]

    await office.clock.advance(60)
    await watch.looks()
    assert sorted(watch.standing) == [
        ("longest_wait!", "german"),
        ("unanswered!", "ann"),
        ("uncovered!", "german"),
    ]
    await office.db.execute("UPDATE agent SET unresponsive_at = now()")
    await office.db.execute("UPDATE conversation SET unanswered_since = NULL")
    await watch.looks(15)
    assert ("not_responding!", "ann") in watch.standing
    assert ("unanswered!", "ann") not in watch.standing

    await office.node.presence.went(ann, "ann", signed_out=True)
    await watch.looks()
    assert ("gone!", "ann") in watch.standing, served.id


async def test_e17_waits_outside_opening_hours_are_held_to_the_next_opening(
    office: Office, watch: Watch
) -> None:
    """It closes a minute after nine; the night counts for nothing, however long it is."""
    always = await office.new_queue("always")
    for metric in ("longest_wait", "unanswered"):
        await watch.rule(metric, 120, hold_s=0, clear_s=0)
    weekly = {"1": [["08:00", "09:01"]], "2": [["09:00", "12:00"]]}
    plan = {"name": "Day and night", "queues": ["always"], "weekly": None}
    await office.sets_shop(hours={"weekly": weekly}, plans=[plan])
    ann = await office.agent("ann")
    await office.customer()
    await office.accepts(ann)  # the customer is owed an answer from now on
    waits, at_night = await office.customer(), await office.customer(queue=always, turn=False)

    await office.clock.advance(60)
    await watch.looks(25)
    assert watch.standing == [("longest_wait!", "always")], "who is never closed is never late"
    await office.clock.advance(86400 - 60 - 125)
    await watch.looks(11)
    assert watch.standing == [("longest_wait!", "always")], "it has opened just now"

    await office.clock.advance(60)
    await watch.looks(1)
    assert sorted(watch.standing) == [
        ("longest_wait!", "General"),
        ("longest_wait!", "always"),
        ("unanswered!", "ann"),
    ]
    assert {each.value for each in watch.told[-1] if each.subject.name != "always"} == {180}
    await watch.served(at_night.id)
    await watch.served(waits.id)
    await office.clock.advance(3 * 3600)
    await watch.looks(2)
    assert watch.standing == [("unanswered!", "ann")], "closed, and still owed: it stands"


async def test_while_nobody_can_tell_who_is_here_nobody_is_missed(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.rule("gone", hold_s=0, clear_s=0)
    await watch.rule("waiting", hold_s=0, clear_s=0)
    elsewhere = office.another_node()
    ann, bob = [await office.agent(each, node=elsewhere) for each in ("ann", "bob")]
    for seat in (ann, bob):
        await office.customer()
        await office.accepts(seat)
    await elsewhere.presence.went(bob, "bob", signed_out=True)
    await watch.looks()
    assert watch.standing == [("gone!", "bob")]

    with monkeypatch.context() as away:

        async def vouched(_shop: UUID) -> dict[object, float]:
            raise Away

        away.setattr(office.node.presence._leases, "vouched", vouched)  # pyright: ignore[reportPrivateUsage]
        await watch.looks(8)
        await elsewhere.presence.came(bob, "bob")
        waits = await office.customer(turn=False)
        await watch.looks()
    assert watch.standing == [("waiting!", "General"), ("gone!", "bob")], waits.id

    await elsewhere.presence.renew()
    await watch.looks(2)
    assert watch.standing == [("waiting!", "General"), ("gone!", "bob")], "not all may have spoken"
    await elsewhere.presence.renew()
    await watch.looks(2)
    assert watch.standing == [("waiting!", "General")]


async def test_a_look_that_surprises_does_not_end_the_node(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.rule("waiting", hold_s=0)
    await office.customer()
    failed = asyncio.Event()

    async def surprises(*_: object) -> list[UUID]:
        failed.set()
        raise ValueError("nobody foresaw this")

    with monkeypatch.context() as broken:
        broken.setattr(AlertRules, "shops", surprises)
        job = asyncio.create_task(watch.node.alerting.run())
        await office.clock.advance(LOOK_S)
        await failed.wait()
        await office.clock.settle()
        assert not job.done()
    await office.clock.advance(LOOK_S)
    await until(lambda: watch.standing == [("waiting!", "General")])
    job.cancel()


async def test_a_rule_that_asks_for_something_else_begins_anew(
    office: Office, watch: Watch
) -> None:
    rule = await watch.rule("waiting", 1, hold_s=0, webhook_url=HOOK)
    await office.customer()
    await office.customer()
    await watch.looks()
    assert [(each.metric, each.value) for each in watch.told[-1]] == [("waiting", 2)]

    await watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(metric="uncovered"))
    await watch.looks()

    assert [(each.metric, each.threshold) for each in watch.told[-1]] == [("uncovered", 1)]
    await watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(threshold=2))
    await watch.looks()
    assert [(each.metric, each.threshold) for each in watch.told[-1]] == [("uncovered", 2)]
    assert await watch.kinds() == ["raised", "cleared", "raised", "cleared", "raised"]


async def test_two_who_change_a_rule_at_once_both_have_their_way(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = await watch.rule("waiting", 5)
    both, read = asyncio.Barrier(2), AlertRules.get
    calls = iter(range(100))

    async def get(rules: AlertRules, shop_id: UUID, rule_id: UUID) -> AlertRuleRow | None:
        row = await read(rules, shop_id, rule_id)
        if next(calls) < 2:
            await both.wait()  # each has read before the other writes
        return row

    monkeypatch.setattr(AlertRules, "get", get)
    await asyncio.gather(
        watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(threshold=7)),
        watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(name="Many")),
    )

    [now] = (await watch.admin.list(watch.lead)).items
    assert (now.threshold, now.name) == (7, "Many")


async def test_shares_of_today_count_once_there_are_enough(office: Office, watch: Watch) -> None:
    await watch.rule("service_level", 80, hold_s=0)
    await watch.rule("abandonment", 20, hold_s=0)
    await _came_today(office, answered=4, abandoned=5)
    await watch.looks()
    assert watch.standing == [], "nine say nothing"

    await _came_today(office, answered=1, abandoned=0)
    await watch.looks(4)
    assert sorted(watch.standing) == [("abandonment!", "General"), ("service_level!", "General")]
    assert sorted(each.value for each in watch.told[-1]) == [50, 50]


async def test_a_rule_that_rests_or_is_about_others_tells_nothing(
    office: Office, watch: Watch
) -> None:
    other = await office.new_queue("other")
    about_other = await watch.rule("waiting", 1, hold_s=0, queue=str(other.id))
    rests = await watch.rule("waiting", 1, hold_s=0, active=False)
    stands = await watch.rule("waiting", 1, hold_s=0)
    await office.customer()
    await watch.looks()
    assert [each.rule for each in watch.told[-1]] == [stands.id]

    await watch.admin.delete(watch.lead, UUID(stands.id))
    await watch.looks()
    assert watch.standing == [], "its rule is gone"
    await watch.admin.update(watch.lead, UUID(rests.id), AlertRulePatch(active=True))
    await watch.admin.update(watch.lead, UUID(about_other.id), AlertRulePatch(queue=None))
    await watch.looks()
    assert {each.rule for each in watch.told[-1]} == {rests.id, about_other.id}


async def test_rules_that_mean_nothing_are_refused_with_the_field(
    office: Office, watch: Watch
) -> None:
    ann = await office.agent("ann")
    for field, metric, more in (
        ("threshold", "service_level", {"threshold": 101}),
        ("queue", "gone", {"queue": str(office.queue.id)}),
        ("queue", "waiting", {"queue": str(ann.agent_id)}),
        ("agent", "waiting", {"agent": str(ann.agent_id)}),
        ("webhook_url", "waiting", {"webhook_url": "https://me:secret@shop.example/"}),
    ):
        with pytest.raises(Invalid) as refused:
            await watch.rule(metric, **more)
        assert refused.value.field == field
    seat = AgentSeat(ann.agent_id, office.shop.id, "ann", "agent")
    with pytest.raises(Forbidden):
        await watch.admin.list(seat)


async def _came_today(office: Office, answered: int, abandoned: int) -> None:
    for number in range(answered + abandoned):
        row = await office.customer(turn=False)
        if number < answered:
            await office.db.execute(
                "UPDATE conversation SET state = 'closed', waiting_ms = 1000, closed_at = now()"
                " WHERE id = $1",
                row.id,
            )
        else:
            await office.db.execute(
                "UPDATE conversation SET state = 'closed', closed_by = 'customer',"
                " closed_at = now() WHERE id = $1",
                row.id,
            )
