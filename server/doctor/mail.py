"""Whether e-mail goes out, and whether any of it stays lying."""

from __future__ import annotations

from datetime import datetime

from server.doctor.findings import Finding, duration, look, well
from server.mail_server import MailSetting
from storage.mails import MailBacklog

PART = "E-mail"
LATE_S = 300.0
"""What has waited longer than this has been tried several times."""


def judge(setting: MailSetting | None, backlog: MailBacklog, now: datetime) -> Finding:
    """Say where e-mail goes out, or that none does; worth a look is what does not leave."""
    if setting is None:
        return well(PART, "goes out", "no: KEFU_SMTP_URL is not set, and pages show nothing of it")
    server = setting.server
    through = f"through {server.host}:{server.port} as {setting.sender}"
    late_s = 0.0 if backlog.oldest_at is None else (now - backlog.oldest_at).total_seconds()
    if late_s <= LATE_S:
        return well(PART, "goes out", f"{through}; {backlog.waiting} waiting")
    return look(
        PART,
        "goes out",
        f"{through}; {backlog.waiting} waiting, the oldest for {duration(late_s)}: "
        f"{backlog.problem or 'not tried yet'}",
        "mail_late",
        "See docs/how-to/send-mail.md for what the word means. It is tried for ten hours.",
    )
