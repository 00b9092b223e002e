"""One's own plan as an iCalendar file: what RFC 5545 asks of it, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from server.protocol.schedule import NewTimeOff, TimeOffDecision
from server.schedule.calendar import Entry, calendar
from tests.schedule.rota import FIVE, MONDAY, NINE, NOON, Rota

TOMORROW = MONDAY + timedelta(days=1)


def unfolded(text: str) -> list[str]:
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


async def test_a_calendar_holds_ones_own_shifts_and_days_off(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    shift = await rota.plans(lin, MONDAY, NINE, FIVE, [(NOON, NOON + 30)])
    await rota.plans(mei)
    off = await rota.mine.ask_time_off(lin, NewTimeOff(first=TOMORROW, last=TOMORROW))
    await rota.mine.ask_time_off(
        lin, NewTimeOff(first=MONDAY + timedelta(days=9), last=MONDAY + timedelta(days=9))
    )
    await rota.decisions.time_off(rota.lead, UUID(off.id), TimeOffDecision(approve=True))

    lines = unfolded(await rota.mine.calendar(lin))

    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == 2, "neither Mei's shift nor what is only asked"
    assert f"UID:shift-{shift.id}@kefu" in lines
    assert {"DTSTART:20260302T080000Z", "DTEND:20260302T160000Z"} < set(lines)
    assert "DESCRIPTION:Break 12:00-12:30" in lines
    assert {"DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260304"} < set(lines)


def test_long_lines_are_folded_between_characters_and_text_is_escaped() -> None:
    name = "柳与苇；客服, desk \\ two; " * 6
    entry = Entry(uid="1", begin="DTSTART:1", end="DTEND:2", summary=name, description="a\nb")

    lines = unfolded(calendar([entry], name, datetime(2026, 3, 2, tzinfo=UTC)))

    escaped = name.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    assert f"SUMMARY:{escaped}" in lines
    assert "DESCRIPTION:a\\nb" in lines
