"""A plan as an iCalendar file (RFC 5545). Moments are told in UTC, so no time zone is needed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from storage.schedule.rows import ShiftRow, TimeOffRow

LINE_BYTES = 75
"""A longer line is folded: CRLF and a space stand in between; no character is cut in two."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"shift": "{shop}: at work", "off": "{shop}: time off", "break": "Break {times}"},
    "zh": {"shift": "{shop}：上班", "off": "{shop}：休假", "break": "休息 {times}"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event; ``begin`` and ``end`` are properties with their values."""

    uid: str
    begin: str
    end: str
    summary: str
    description: str = ""
    sequence: int = 0
    is_busy: bool = True

    @classmethod
    def of_shift(cls, row: ShiftRow, shop: str, zone: ZoneInfo, locale: str) -> "Entry":
        """Return a shift; its breaks are told by the shop's clock."""
        words = _words(locale)
        breaks = [
            words["break"].format(times=f"{_clock(begin, zone)}-{_clock(end, zone)}")
            for begin, end in row.breaks
        ]
        return cls(
            uid=f"shift-{row.id}@kefu",
            begin=f"DTSTART:{_moment(row.starts_at)}",
            end=f"DTEND:{_moment(row.ends_at)}",
            summary=words["shift"].format(shop=shop),
            description="\n".join(breaks),
            sequence=row.version - 1,
        )

    @classmethod
    def of_time_off(cls, row: TimeOffRow, shop: str, locale: str) -> "Entry":
        """Return days off, as whole days."""
        after = row.last_day + timedelta(days=1)
        return cls(
            uid=f"time-off-{row.id}@kefu",
            begin=f"DTSTART;VALUE=DATE:{row.first_day:%Y%m%d}",
            end=f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            summary=_words(locale)["off"].format(shop=shop),
            is_busy=False,
        )


def calendar(entries: Iterable[Entry], shop: str, now: datetime) -> str:
    """Return the file: lines end in CRLF, long ones are folded."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kefu//Work schedule//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(shop)}",
        *(line for entry in entries for line in _event(entry, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(entry: Entry, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_moment(now)}"
    yield entry.begin
    yield entry.end
    yield f"SEQUENCE:{entry.sequence}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    yield f"TRANSP:{'OPAQUE' if entry.is_busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of ``LINE_BYTES`` at most, the space of continued ones included."""
    piece, size = "", 0
    for letter in line:
        weight = len(letter.encode())
        if size + weight > LINE_BYTES:
            yield piece
            piece, size = " ", 1
        piece += letter
        size += weight
    yield piece


def _text(value: str) -> str:
    """Escape what would end a value, and leave out what no value may hold."""
    value = "".join(letter for letter in value if letter >= " " or letter in "\t\n")
    for letter, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        value = value.replace(letter, escaped)
    return value


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _words(locale: str) -> Mapping[str, str]:
    return WORDS["zh" if locale.lower().startswith("zh") else "en"]
