"""A letter as e-mail: plain text, the same as HTML in which all data is escaped, what is attached.

Nothing that people have named something gets into a header with more than its letters, and nothing
of it is ever markup.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from uuid import UUID

SUBJECT_MAX = 150
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True, slots=True)
class Attached:
    """A workbook that goes with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody is written. ``figures`` are names with their values, ``link`` where it leads.

    ``language`` is that of the text; ``foot`` says why they get this.
    """

    language: str
    subject: str
    lines: list[str]
    foot: str
    figures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    link: tuple[str, str] | None = None
    attached: Attached | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A letter ready to leave: addresses for the server, and all its bytes."""

    sender: str
    to: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends it to whom, by which id, dated when it was to leave first."""

    id: UUID
    sender: str
    sender_name: str
    to: str
    at: datetime


def seal(letter: Letter, envelope: Envelope) -> Sealed:
    """Return the letter as bytes; ValueError for an address that not every server takes.

    Tried again it is the same letter with the same Message-ID.
    """
    if not PLAIN_ADDRESS.fullmatch(envelope.to):
        raise ValueError("no address that every server takes")
    message = EmailMessage(policy=SMTP)
    user, _, domain = envelope.sender.rpartition("@")
    name = one_line(f"Kefu · {envelope.sender_name}")
    message["From"] = Address(display_name=name, username=user, domain=domain)
    to_user, _, to_domain = envelope.to.rpartition("@")
    message["To"] = Address(username=to_user, domain=to_domain)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(_plain(letter), cte="base64")
    message.add_alternative(_html(letter), subtype="html", cte="base64")
    if letter.attached is not None:
        kind, subtype = XLSX
        message.add_attachment(
            letter.attached.content,
            maintype=kind,
            subtype=subtype,
            filename=one_line(letter.attached.name),
        )
    for part in message.walk():
        if part.is_multipart():  # the same each time, too
            part.set_boundary(f"=_{envelope.id.hex}_{part.get_content_subtype()}")
    return Sealed(envelope.sender, envelope.to, message.as_bytes())


def one_line(text: str) -> str:
    """Return a text that fits a header: one line, no controls, not endless."""
    found = calm(text)
    return found if len(found) <= SUBJECT_MAX else f"{found[: SUBJECT_MAX - 1]}…"


def calm(text: str) -> str:
    """Return a text in one line and without controls."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _plain(letter: Letter) -> str:
    parts = ["\n".join(calm(line) for line in letter.lines)]
    if letter.figures:
        colon = "：" if letter.language.startswith("zh") else ": "
        parts.append("\n".join(f"{name}{colon}{value}" for name, value in letter.figures))
    if letter.link is not None:
        parts.append(f"{letter.link[0]}\n{letter.link[1]}")
    return "\n\n".join([*parts, f"-- \n{calm(letter.foot)}"]) + "\n"


def _html(letter: Letter) -> str:
    parts = [f"<p>{escape(line)}</p>" for line in letter.lines]
    if letter.figures:
        rows = "".join(
            f'<tr><td style="{CELL}">{escape(name)}</td>'
            f'<td style="{CELL};text-align:right"><b>{escape(value)}</b></td></tr>'
            for name, value in letter.figures
        )
        parts.append(f'<table style="border-collapse:collapse">{rows}</table>')
    if letter.link is not None:
        text, target = letter.link
        parts.append(f'<p><a href="{escape(target)}">{escape(text)}</a></p>')
    return (
        f'<!doctype html><html lang="{escape(letter.language)}"><meta charset="utf-8">'
        f'<meta name="color-scheme" content="light dark">'
        f'<body style="{BODY}">{"".join(parts)}'
        f'<p style="opacity:.75;font-size:13px">{escape(letter.foot)}</p></body></html>\n'
    )


BODY = "font:15px/1.5 system-ui,sans-serif;max-width:40em"
CELL = "padding:4px 24px 4px 0;border-bottom:1px solid #8884"
