"""Alerts by e-mail: to those who lead and nobody else, at least once, and not too often."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from uuid import UUID

import pytest
import structlog

from server import smtp
from server.mail_server import MailServer
from server.protocol.alerts import AlertRulePatch
from server.protocol.errors import Invalid
from server.services import outbox
from server.services.mail.job import Letters, mails_of
from server.services.mail.letters import Sealed
from server.services.outbox import NotArrived
from server.smtp import Smtp
from tests.alerts.conftest import Watch, Watcher
from tests.assignment.office import Office
from tests.mail.conftest import SENDER, OtherServer, Room

PASSWORD = "a-password-of-ours"


async def test_who_leads_is_written_when_it_is_raised_and_when_it_is_over(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    lea, max_ = await room.lead("lea"), await room.lead("max")
    await watch.rule("longest_wait", 60, hold_s=0, clear_s=0, mail_to=[lea, max_])
    row = await office.customer()
    await watch.looks(13)
    await room.job.turn()

    assert sorted(to for to, _ in mail_server.taken) == ["lea@demo.kefu", "max@demo.kefu"]
    letter = mail_server.letters[0]
    assert letter["Subject"] == "Alert: General: somebody has waited longer than 1:00"
    assert (letter["From"].addresses[0].addr_spec, letter["Auto-Submitted"]) == (
        SENDER,
        "auto-generated",
    )
    assert "Raised at 2026-03-02 09:01" in mail_server.text()
    assert "https://chat.shop.example/console/#/live" in mail_server.text()

    await watch.served(row.id)
    await watch.looks()
    await room.job.turn()
    assert len(mail_server.taken) == 2, "not yet: the last letter was a moment ago"
    await room.passes(300)
    assert [each["Subject"] for each in mail_server.letters[2:]] == [
        "Over: General: somebody has waited longer than 1:00"
    ] * 2
    [shown] = (await watch.admin.list(watch.lead)).items
    assert shown.mail is not None
    assert shown.mail.arrived


async def test_what_flaps_is_told_together_with_its_newest_state(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    await watch.rule("waiting", hold_s=0, clear_s=0, mail_to=[await room.lead("lea")])
    other = await office.new_queue("other")
    for number in range(4):
        row = await office.customer(turn=False, queue=other if number == 1 else None)
        await watch.looks()
        await room.job.turn()
        await watch.served(row.id)
        await watch.looks()
        await room.job.turn()
    assert len(mail_server.taken) == 1

    await room.passes(300)
    assert len(mail_server.taken) == 2, "in one letter"
    assert mail_server.letters[-1]["Subject"] == "Alerts: waiting!"
    assert mail_server.text().count("Over at") == 2, "a line for each queue"
    await room.passes(600)
    assert len(mail_server.taken) == 2


async def test_only_those_who_lead_this_shop_are_told(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    stranger, lin = await room.strangers(), await room.lead("lin", "agent")
    for who in (stranger, lin, "0" * 8, "somebody@else.example"):
        with pytest.raises(Invalid) as refused:
            await watch.rule("waiting", mail_to=[who])
        assert refused.value.field == "mail_to"

    lea, max_, tom = await room.lead("lea"), await room.lead("max"), await room.lead("tom")
    rule = await watch.rule("waiting", hold_s=0, mail_to=[lea, max_, tom])
    await office.stores.agents.update(office.shop.id, UUID(lea), {"role": "agent"})
    await office.customer()
    await watch.looks()
    await office.stores.agents.deactivate(office.shop.id, UUID(max_), office.clock.now())
    await watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(mail_to=[lea]))
    await room.job.turn()
    assert mail_server.taken == [], "nobody is left who leads and is to be told"
    assert await room.ended() == [(False, "nobody_told", 0)] * 2


async def test_names_are_text_wherever_they_stand(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    evil = "Wait\r\nBcc: all@demo.kefu\r\n\r\n<script>{name}"
    rule = await watch.rule("waiting", hold_s=0, mail_to=[await room.lead("lea")])
    await watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(name=evil))
    await office.new_queue("two")
    await office.db.execute("UPDATE queue SET name = $1 WHERE key = 'general'", evil)
    await office.db.execute("UPDATE shop SET name = $1, locale = 'zh-CN'", evil)
    await office.customer()
    await watch.looks()
    await room.job.turn()

    [letter] = mail_server.letters
    assert letter["Bcc"] is None
    assert letter["Subject"].startswith("告警：Wait Bcc: all@demo.kefu <script>{name}")
    assert [each.addr_spec for each in letter["To"].addresses] == ["lea@demo.kefu"]
    assert "<script>" not in mail_server.html()
    assert "&lt;script&gt;{name}" in mail_server.html()


async def test_a_server_that_is_away_is_asked_again_and_then_told_once(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    await watch.rule("waiting", hold_s=0, mail_to=[await room.lead("lea")])
    await office.customer()
    await watch.looks()
    await mail_server.closes()
    for _ in range(2):
        await room.job.turn()
        await room.passes(20)
    [shown] = (await watch.admin.list(watch.lead)).items
    assert shown.mail is not None
    assert (shown.mail.problem, shown.mail.arrived) == ("unreachable", False)

    await mail_server.opens()
    mail_server.answers = ["451 Later"]
    for _ in range(3):
        await room.passes(200)
    assert len(mail_server.taken) == 1
    [(arrived, problem, tries)] = await room.ended()
    assert (arrived, problem) == (True, None)
    assert tries >= 3, "every try is counted"


async def test_a_node_that_dies_before_it_noted_that_it_left_sends_the_same_again(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    await watch.rule("waiting", hold_s=0, clear_s=0, mail_to=[await room.lead("lea")])
    row = await office.customer()
    await watch.looks()
    now = office.clock.now()
    [taken] = await room.mails.take(now, now + timedelta(minutes=1), 10)
    await room.letters.bring(taken, now)
    await watch.served(row.id)
    await watch.looks()
    assert await room.job.turn() == 0, "another node has it"

    await room.passes(61)
    (_, first), (_, second) = mail_server.taken
    assert first == second, "the same letter, by the same Message-ID"
    assert await room.count() == 2, "what became of it meanwhile is a letter of its own"


async def test_what_is_refused_for_good_is_not_tried_again(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    await watch.rule("waiting", hold_s=0, mail_to=[await room.lead("lea")])
    mail_server.answers = ["550 Never"]
    await office.customer()
    await watch.looks()
    await room.job.turn()
    await room.passes(7200)
    assert mail_server.knocked == 1
    assert await room.ended() == [(False, "status_550", 1)]


async def test_without_a_mail_server_nothing_is_queued(
    office: Office, watch: Watch, room: Room
) -> None:
    watch.admin = watch.administration(mails=False)
    lea = await room.lead("lea")
    with pytest.raises(Invalid) as refused:
        await watch.rule("waiting", mail_to=[lea])
    assert refused.value.details == {"reason": "no_mail"}
    rule = await watch.rule("waiting", hold_s=0)
    await office.db.execute("UPDATE alert_rule SET mail_to = $1", [UUID(lea)])
    watch.node = Watcher(office, mails=False)
    await office.customer()
    await watch.looks()
    assert watch.standing
    assert await room.count() == 0
    kept = await watch.admin.update(watch.lead, UUID(rule.id), AlertRulePatch(threshold=2))
    assert kept.mail_to == [lea], "who is on the list stays there"


async def test_a_server_that_says_nothing_is_not_waited_for(room: Room) -> None:
    gone = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as deaf:
        port = deaf.sockets[0].getsockname()[1]
        way = Smtp(MailServer("127.0.0.1", port, "none"), timeout_s=0.05)
        with pytest.raises(NotArrived, match="timed_out"):
            await way.send(Sealed(SENDER, "lea@demo.kefu", b"Hello"))
        gone.set()


def test_a_letter_is_given_up_before_another_node_takes_it() -> None:
    waves = math.ceil(outbox.AT_ONCE / smtp.AT_ONCE)
    assert waves * (smtp.TIMEOUT_S + smtp.GOODBYE_S) < outbox.HELD.total_seconds()


async def test_a_password_goes_only_where_nobody_else_reads_it(
    office: Office, watch: Watch, room: Room, mail_server: OtherServer
) -> None:
    """This server offers no TLS, so nothing is said to it, and nothing of it to the log."""
    server = MailServer("127.0.0.1", mail_server.port, "starttls", "kefu", PASSWORD)
    job = mails_of(room.mails, Letters(Smtp(server), SENDER, None), office.clock)
    await watch.rule("waiting", hold_s=0, mail_to=[await room.lead("lea")])
    await office.customer()
    await watch.looks()
    with structlog.testing.capture_logs() as logged:
        await job.turn()
    assert mail_server.knocked == 0
    [told] = [each for each in logged if each["event"] == "not_delivered"]
    assert told["problem"] == "not_offered"
    assert PASSWORD not in f"{logged}{server}"
    assert "demo.kefu" not in str(logged)
