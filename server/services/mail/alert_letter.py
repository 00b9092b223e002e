"""Alerts as a letter: what was raised and what is over, the newest of each, in the shop's words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from server.services.alerts.metrics import KINDS
from server.services.mail.letters import Letter
from server.services.mail.words import Words, stopwatch, written
from storage.alert_rules import Metric
from storage.alerts import AlertRow

SHOWN_MAX = 20
"""So many subjects of one rule stand in a letter; of more only the number."""


class AlertNews(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one breach, of a queue or an agent; nothing of customers."""

    became: Literal["raised", "cleared"]
    at: datetime
    rule: str
    metric: Metric
    threshold: int
    value: int
    subject: str
    since: datetime


def news_of(row: AlertRow, became: Literal["raised", "cleared"], at: datetime) -> dict[str, object]:
    """Return what is to be told, by whom it is about: later news of the same replace it."""
    news = AlertNews(
        became=became,
        at=at,
        rule=row.rule_name,
        metric=row.metric,
        threshold=row.threshold,
        value=row.value,
        subject=row.subject_name,
        since=row.began_at,
    )
    return {str(row.subject_id): msgspec.to_builtins(news)}


def alert_letter(
    body: Mapping[str, object], shop: str, words: Words, console: str | None
) -> Letter:
    """Write news of one rule. ``console`` is the address of the console, if it is known."""
    news = msgspec.convert(list(body.values()), list[AlertNews])
    news.sort(key=lambda each: (each.at, each.subject), reverse=True)
    first = news[0]
    lines = [_line(each, words) for each in news[:SHOWN_MAX]]
    if more := len(news) - len(lines):
        lines.append(words.say("more", count=more))
    subject = (
        words.say("over" if first.became == "cleared" else "alert", what=_said(first, words))
        if len(news) == 1
        else words.say("several", name=first.rule)
    )
    return Letter(
        language=words.language,
        subject=subject,
        lines=lines,
        link=None if console is None else (words.say("alert_link"), f"{console}#/live"),
        foot=words.say("alert_foot", name=first.rule, shop=shop),
    )


def _line(news: AlertNews, words: Words) -> str:
    at, what = words.moment(news.at), _said(news, words)
    if news.became == "cleared":
        lasted = stopwatch(round((news.at - news.since).total_seconds()))
        return words.say("cleared", at=at, lasted=lasted, what=what)
    if KINDS[news.metric].unit == "is":
        return words.say("raised", at=at, what=what)
    return words.say(
        "raised_worst", at=at, what=what, worst=written(KINDS[news.metric].unit, news.value)
    )


def _said(news: AlertNews, words: Words) -> str:
    amount = written(KINDS[news.metric].unit, news.threshold)
    return words.say(f"said.{news.metric}", name=news.subject, amount=amount)
