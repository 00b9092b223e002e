"""What is to be sent by e-mail: an outbox. At least once; the news of a rule in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Transaction
from storage.outbox import Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMail:
    """A mail, for the ``tries``-th time: to whom, in which shop, and what it is about.

    ``body`` is the same each time, and ``leaves_at`` when it was to leave first. Of a rule it has
    the newest of everybody the rule is about, by their id; of a report what it says, with the
    ``sheet`` that is attached.
    """

    id: UUID
    address: str
    shop_name: str
    locale: str
    time_zone: str
    rule_id: UUID | None
    report_id: UUID | None
    body: dict[str, object]
    sheet: bytes | None
    leaves_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class MailState:
    """How the newest mail about something fared; it goes on until ``ended_at``."""

    about: UUID
    tries: int
    leaves_at: datetime
    due_at: datetime
    ended_at: datetime | None
    arrived: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class MailBacklog:
    """What waits to be sent: how many, since when the oldest, and why the newest did not arrive."""

    waiting: int
    oldest_at: datetime | None
    problem: str | None


class Mails(Outbox):
    """Gives out what is due, to one node each, and remembers how it went."""

    def __init__(self, db: Database) -> None:
        super().__init__(db, "mail")

    async def take(self, now: datetime, until: datetime, limit: int) -> list[DueMail]:
        """Take what is due; it is due again at ``until`` unless said otherwise by then.

        What was for somebody who no longer leads, or is not to be told any more, is ended.
        """
        await self._db.execute(END_POINTLESS, now)
        return [row_of(DueMail, row) for row in await self._db.fetch(TAKE, now, until, limit)]

    async def of_rules(self, shop_id: UUID) -> dict[UUID, MailState]:
        """Return by rule of a shop how the newest mail fared."""
        rows = await self._db.fetch(OF_RULES, shop_id)
        return {row["about"]: row_of(MailState, row) for row in rows}

    async def of_reports(self, shop_id: UUID) -> dict[UUID, MailState]:
        """Return by report of a shop how the newest mail fared."""
        rows = await self._db.fetch(OF_REPORTS, shop_id)
        return {row["about"]: row_of(MailState, row) for row in rows}


async def write_alert_mail(
    tx: Transaction, rule_id: UUID, news: Mapping[str, object], now: datetime, pause: timedelta
) -> None:
    """Have those who are told of a rule sent news of it, the newest by whom it is about.

    The first leaves now, the next no sooner than ``pause`` after it; what has not left yet takes
    up the news.
    """
    await tx.execute(ALERT_MAIL, rule_id, dict(news), now, pause)


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A report that was made: what the letter says, and the sheet that goes with it."""

    report_id: UUID
    body: dict[str, object]
    sheet: bytes


async def write_report_mail(
    tx: Transaction | Database,
    mail: ReportMail,
    to: Sequence[UUID],
    now: datetime,
    *,
    by_schedule: bool,
) -> int:
    """Have a report sent to those of these who lead its shop; return to how many.

    ``by_schedule``: to those on its list, as long as they are on it.
    """
    return await tx.execute(
        REPORT_MAIL, mail.report_id, mail.body, mail.sheet, list(to), now, by_schedule
    )


async def mail_backlog(db: Database) -> MailBacklog:
    """Return what waits to be sent, of all shops."""
    row = await db.fetchrow(BACKLOG)
    assert row is not None
    return row_of(MailBacklog, row)


# Who has left, leads no more or was taken off the list hears nothing. What somebody has had sent to
# themselves needs no list.
END_POINTLESS = """
UPDATE mail m SET ended_at = $1, problem = 'nobody_told', sheet = NULL
  FROM agent a
 WHERE m.ended_at IS NULL AND a.id = m.to_id
   AND (a.role = 'agent' OR a.deactivated_at IS NOT NULL OR a.shop_id <> m.shop_id
        OR EXISTS (SELECT FROM alert_rule r WHERE r.id = m.rule_id AND m.to_id <> ALL (r.mail_to))
        OR EXISTS (SELECT FROM scheduled_report s
                    WHERE s.id = m.report_id
                      AND (s.archived_at IS NOT NULL
                           OR m.by_schedule AND m.to_id <> ALL (s.mail_to))))
"""

# What was to be told earlier of the same rule goes first, however often it must be tried.
TAKE = """
WITH due AS (
    SELECT m.id FROM mail m
     WHERE m.ended_at IS NULL AND m.due_at <= $1
       AND NOT EXISTS (SELECT 1 FROM mail n WHERE n.rule_id = m.rule_id AND n.to_id = m.to_id
                          AND n.id < m.id AND n.ended_at IS NULL)
     ORDER BY m.due_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE mail m SET due_at = $2, tries = m.tries + 1
  FROM due, agent a, shop s
 WHERE m.id = due.id AND a.id = m.to_id AND s.id = m.shop_id
RETURNING m.id, a.email AS address, s.name AS shop_name, s.locale, s.time_zone, m.rule_id,
          m.report_id, m.body, m.sheet, m.leaves_at, m.tries
"""

ALERT_MAIL = """
WITH told AS (
    SELECT a.id, r.shop_id FROM alert_rule r JOIN agent a ON a.id = ANY (r.mail_to)
     WHERE r.id = $1 AND a.shop_id = r.shop_id AND a.role <> 'agent' AND a.deactivated_at IS NULL
), folded AS (
    UPDATE mail m SET body = m.body || $2 FROM told
     WHERE m.rule_id = $1 AND m.to_id = told.id AND m.tries = 0 AND m.ended_at IS NULL
    RETURNING m.to_id
)
INSERT INTO mail (shop_id, to_id, rule_id, body, leaves_at, due_at)
SELECT told.shop_id, told.id, $1, $2, at, at
  FROM told, LATERAL (SELECT greatest($3, (SELECT max(leaves_at) FROM mail
                                            WHERE rule_id = $1 AND to_id = told.id) + $4) AS at)
 WHERE told.id NOT IN (SELECT to_id FROM folded)
"""

REPORT_MAIL = """
INSERT INTO mail (shop_id, to_id, report_id, body, sheet, leaves_at, due_at, by_schedule)
SELECT s.shop_id, a.id, s.id, $2, $3, $5, $5, $6
  FROM scheduled_report s JOIN agent a ON a.id = ANY ($4)
 WHERE s.id = $1 AND a.shop_id = s.shop_id AND a.role <> 'agent' AND a.deactivated_at IS NULL
"""

OF_RULES = """
SELECT DISTINCT ON (m.rule_id) m.*, m.rule_id AS about
  FROM mail m JOIN alert_rule r ON r.id = m.rule_id
 WHERE r.shop_id = $1 AND r.archived_at IS NULL ORDER BY m.rule_id, m.id DESC
"""

OF_REPORTS = """
SELECT DISTINCT ON (m.report_id) m.*, m.report_id AS about
  FROM mail m JOIN scheduled_report s ON s.id = m.report_id
 WHERE s.shop_id = $1 AND s.archived_at IS NULL ORDER BY m.report_id, m.id DESC
"""

BACKLOG = """
SELECT count(*) AS waiting, min(leaves_at) AS oldest_at,
       (SELECT problem FROM mail WHERE NOT arrived AND problem <> 'nobody_told'
         ORDER BY id DESC LIMIT 1) AS problem
  FROM mail WHERE ended_at IS NULL
"""
