"""The visit: asks PostgreSQL and Valkey, listens to the bus, and judges what it hears."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

from server.doctor import mail, postgres, routing, valkey
from server.doctor.findings import Finding, NodeSeen, Report, ShopSeen
from server.mail_server import MailSetting
from server.version import VERSION
from storage import standing, vitals
from storage.beats import Heard, listen
from storage.database import Database, Limits
from storage.errors import Away, StorageUnavailable
from storage.mails import mail_backlog
from storage.migrate import known_revisions, revision_of, works_on
from storage.presence import PresenceLeases
from storage.valkey import asking

HOUR_S = 3600.0
LIMITS = Limits(connections_max=2, command_s=30.0, statement_s=30.0)


class Visit:
    """One look at everything. ``listen_s`` is how long nodes have to say that they are there.

    ``mail`` is where e-mail goes out, by the settings of whoever asks.
    """

    def __init__(self, listen_s: float, mail: MailSetting | None = None) -> None:
        self._listen_s, self._mail = listen_s, mail
        self._findings: list[Finding] = []
        self._realm: str | None = None
        self._heard: Sequence[Heard] | None = None
        self._leases: list[standing.LeaseStanding] = []
        self._shops: list[standing.ShopStanding] = []
        self._vouched: dict[UUID, routing.Vouched] = {}
        self._now = datetime.now(UTC)

    async def report(self, database_url: str, redis_url: str) -> Report:
        """Look, and return what was found."""
        async with AsyncExitStack() as stack:
            db = await self._database(database_url, stack)
            await self._valkey(redis_url)
            if db is not None:
                await self._routing(db, redis_url)
                await self._mails(db)
        return Report(
            version=VERSION,
            at=self._now,
            is_well=all(each.mark != "unwell" for each in self._findings),
            findings=self._findings,
            nodes=self._nodes(),
            shops=self._seen(),
        )

    async def _database(self, url: str, stack: AsyncExitStack) -> Database | None:
        """Judge PostgreSQL; return it when its schema is ours, so that it can be read."""
        try:
            db = await Database.connect(url, LIMITS)
        except StorageUnavailable as error:
            self._findings.append(postgres.away(str(error)))
            return None
        except Exception as error:  # noqa: BLE001 (whatever it is: a wrong name or address)
            self._findings.append(postgres.away(type(error).__name__))
            return None
        stack.push_async_callback(db.close)
        try:
            return await self._examine(db)
        except StorageUnavailable as error:
            self._findings.append(postgres.away(str(error)))
            return None

    async def _examine(self, db: Database) -> Database | None:
        await db.clock()  # connects; what is measured next is the way and the question
        began = time.monotonic()
        self._now = await db.clock()
        took_s = time.monotonic() - began
        self._findings += postgres.judge(await vitals.of_postgres(db), took_s)
        revision = await revision_of(db)
        fits = await works_on(db, revision)
        self._findings.append(postgres.schema(revision, known_revisions(), fits=fits))
        self._realm = f"{await db.realm()}:"
        return db if fits else None

    async def _valkey(self, url: str) -> None:
        """Judge Valkey, and who is heard through it."""
        silent: Sequence[str] = ()
        try:
            standing = await vitals.of_valkey(url)
            silent = standing.silent
            self._findings += valkey.judge(standing)
            if self._realm is not None:
                self._heard = await listen(url, self._realm, self._listen_s)
                self._findings.append(valkey.heard(self._heard, self._listen_s))
        except Away:
            if not silent:  # else it is said already which server does not answer
                self._findings.append(valkey.away())

    async def _routing(self, db: Database, redis_url: str) -> None:
        """Judge who hosts the routing, and how the shops stand."""
        try:
            self._leases = await standing.leases(db)
            self._now = await db.clock()
            self._shops = await standing.shops(db, self._now, routing.LATE_S, HOUR_S)
        except StorageUnavailable as error:
            self._findings.append(postgres.away(str(error)))
            return
        heard = None if self._heard is None else frozenset(each.card.node for each in self._heard)
        self._findings += routing.leases(self._leases, heard)
        await self._presence(redis_url)
        for shop in self._shops:
            found = routing.judge(shop, self._vouched.get(shop.id), self._now.timestamp())
            self._findings += found

    async def _mails(self, db: Database) -> None:
        """Judge whether e-mail leaves."""
        try:
            self._findings.append(mail.judge(self._mail, await mail_backlog(db), self._now))
        except StorageUnavailable as error:
            self._findings.append(postgres.away(str(error)))

    async def _presence(self, url: str) -> None:
        """Read who is vouched for; nothing while Valkey does not say."""
        if self._heard is None:
            return
        try:
            async with asking(url) as client:
                leases = PresenceLeases(client, self._realm or "")
                for shop in self._shops:
                    self._vouched[shop.id] = await leases.vouched(shop.id)
        except Away:
            self._vouched.clear()
            self._findings.append(valkey.away())

    def _seen(self) -> list[ShopSeen]:
        now = self._now.timestamp()
        return [routing.seen(shop, self._vouched.get(shop.id), now) for shop in self._shops]

    def _nodes(self) -> list[NodeSeen]:
        """Return every node that was heard, or that leases speak of."""
        agents: Counter[str] = Counter()
        for shop in self._seen():
            agents.update(shop.agents_by_node or {})
        hosts: dict[str, list[int]] = {}
        for lease in self._leases:
            if lease.left_s is not None and lease.left_s > 0:
                hosts.setdefault(lease.node, []).append(lease.partition)
        heard = {each.card.node: each for each in self._heard or ()}
        return [
            NodeSeen(
                node=name,
                heard=(there := heard.get(name)) is not None,
                version="" if there is None else there.card.version,
                place="" if there is None else there.card.place,
                silent_s=None if there is None else there.silent_s,
                hosts=hosts.get(name, []),
                agents=agents[name],
            )
            for name in sorted({*heard, *hosts, *agents})
        ]
