"""A mail server as others run them, and what sends to it for a small shop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from server.mail_server import MailServer
from server.protocol.shapes import Role
from server.services.limits import Limit
from server.services.mail.job import Letters, mails_of
from server.services.mail.recipients import Recipients
from server.services.report_sending import ReportSending
from server.services.reports import ReportDesk
from server.services.scheduled_reports import Post, ScheduledReportsDesk
from server.services.seats import AgentSeat
from server.smtp import Smtp
from storage.agents import NewAgent
from storage.mails import Mails
from storage.reports.reading import Reports
from storage.reports.scheduled import ScheduledReports
from storage.shops import Shops
from tests.alerts.conftest import another, database, database_template, dsn, office, watch
from tests.assignment.office import Office

__all__ = [
    "another",
    "database",
    "database_template",
    "dsn",
    "mail_server",
    "office",
    "room",
    "shelf",
    "watch",
]

SENDER = "kefu@shop.example"
CONSOLE = "https://chat.shop.example/console/"
SENDS_MAX = 2


@dataclass
class OtherServer:
    """Somebody's mail server; it answers with each of ``answers`` in turn, then takes all."""

    port: int = 0
    answers: list[str] = field(default_factory=list[str])
    taken: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    knocked: int = 0
    _server: asyncio.Server | None = None

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        self.knocked += 1
        answer = self.answers.pop(0) if self.answers else "250 Thanks"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return answer

    async def opens(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.example", loop=loop), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def closes(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def letters(self) -> list[EmailMessage]:
        """What was taken, as a program for mail reads it."""
        read = [message_from_bytes(content, policy=default) for _, content in self.taken]
        return [each for each in read if isinstance(each, EmailMessage)]

    def text(self, number: int = -1) -> str:
        """The plain text of a letter, the last if not said otherwise."""
        body = self.letters[number].get_body(("plain",))
        assert body is not None
        return body.get_content().replace("\r\n", "\n")

    def html(self, number: int = -1) -> str:
        body = self.letters[number].get_body(("html",))
        assert body is not None
        return body.get_content()


class Room:
    """Where letters of a shop leave."""

    def __init__(self, office: Office, server: OtherServer) -> None:
        self.office, self.mails = office, Mails(office.db)
        self.smtp = Smtp(MailServer("127.0.0.1", server.port, "none"))
        self.letters = Letters(self.smtp, SENDER, CONSOLE)
        self.job = mails_of(self.mails, self.letters, office.clock)

    async def lead(self, name: str, role: Role = "supervisor", shop_id: UUID | None = None) -> str:
        """Hire somebody who leads, or does not; return their id."""
        row = await self.office.stores.agents.create(
            NewAgent(
                shop_id=shop_id or self.office.shop.id,
                email=f"{name}@demo.kefu",
                name=name,
                password_hash="-",
                role=role,
            )
        )
        return str(row.id)

    async def seat(self, name: str) -> AgentSeat:
        """Hire somebody who leads, and let them sit down."""
        return AgentSeat(UUID(await self.lead(name)), self.office.shop.id, name, "supervisor")

    async def strangers(self) -> str:
        """Return who leads another shop."""
        shop = await Shops(self.office.db).create("other", "Other", "secret")
        return await self.lead("stranger", shop_id=shop.id)

    async def passes(self, seconds: float) -> None:
        """Let time pass, and let what is due leave."""
        await self.office.clock.advance(seconds)
        await self.job.turn()

    async def ended(self) -> list[tuple[bool, str | None, int]]:
        """Return of every mail that has ended whether it arrived, why not, and how often tried."""
        rows = await self.office.db.fetch(
            "SELECT arrived, problem, tries FROM mail WHERE ended_at IS NOT NULL ORDER BY id"
        )
        return [(row["arrived"], row["problem"], row["tries"]) for row in rows]

    async def count(self) -> int:
        """Return how many mails there are, sent or not."""
        return int(str(await self.office.db.fetchval("SELECT count(*) FROM mail")))


class Shelf:
    """The reports of a shop, and nodes that send them."""

    def __init__(self, office: Office, room: Room) -> None:
        self.office, self.room = office, room
        self.scheduled = ScheduledReports(office.db)
        self.reports = ReportDesk(Reports(office.db), office.stores, office.clock)
        self.desk, self.node = self.administration(), self.another_node()

    def administration(
        self, *, mails: bool = True, scheduled: ScheduledReports | None = None
    ) -> ScheduledReportsDesk:
        return ScheduledReportsDesk(
            scheduled=scheduled or self.scheduled,
            post=Post(
                self.room.mails,
                Recipients(self.office.stores.agents, mails=mails),
                Limit(self.office.clock, "reports_sent_per_minute", SENDS_MAX, 60.0),
            ),
            reports=self.reports,
            stores=self.office.stores,
            clock=self.office.clock,
        )

    def another_node(self, reports: ReportDesk | None = None) -> ReportSending:
        office = self.office
        return ReportSending(self.scheduled, reports or self.reports, office.stores, office.clock)

    async def passes(self, seconds: float) -> None:
        """Let time pass, and let what is due be made and leave."""
        await self.office.clock.advance(seconds)
        while await self.node.turn():
            pass
        await self.room.job.turn()


@pytest.fixture
async def mail_server() -> AsyncIterator[OtherServer]:
    """A real SMTP server."""
    server = OtherServer()
    await server.opens()
    yield server
    await server.closes()


@pytest.fixture
def room(office: Office, mail_server: OtherServer) -> Room:
    """Where letters of the shop leave for that server."""
    return Room(office, mail_server)


@pytest.fixture
def shelf(office: Office, room: Room) -> Shelf:
    """The reports of the shop; it is Monday, 2 March 2026, 09:00."""
    return Shelf(office, room)
