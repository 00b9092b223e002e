"""Every figure that reports show: what it is called, which rows it counts, and what in them.

The API, the export, the pages and docs/reference/figures.md all go by this list. A figure is made
of rows of one table, those that fulfil ``where``; ``value`` is what each of them adds. In both,
``wait`` is the wait in milliseconds by the clock or in opening hours, as it was asked for, and
``within_ms`` the limit of the service level.
"""

from dataclasses import dataclass
from typing import Final, Literal, LiteralString

Source = Literal["conversations", "stretches", "offers"]
"""Conversations count where their customer asked, stretches where the agent took it, offers where
they were made: by that time, and by that queue."""

Way = Literal["sum", "mean", "p50", "p90", "virtual", "concurrency"]
"""How a figure is made of its rows: the sum of values, the sum divided by ``weight`` of all (which
is 1, or the number of replies), the value that half or nine tenths do not exceed; the others are
said with the figure."""

Unit = Literal["count", "seconds", "share", "score", "ratio"]

Level = Literal["offered", "excluding", "answered", "virtual"]
"""The definitions of a service level; docs/design/terms.md says how they differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. ``value``, ``weight`` and ``where`` are SQL over a row of the source."""

    name: str
    source: Source
    way: Way
    unit: Unit
    meaning: str
    where: LiteralString = "true"
    value: LiteralString = "1"
    weight: LiteralString = "1"
    level: Level | None = None


DECIDED: Final = "fate IN ('answered', 'abandoned', 'unanswered')"
IN_TIME: Final = "(fate = 'answered' AND wait <= within_ms)::integer"
FIRST: Final = "CASE WHEN in_open_hours THEN first_response_open_ms ELSE first_response_ms END"
REPLIES: Final = "CASE WHEN in_open_hours THEN reply_open_ms ELSE reply_ms END"

FIGURES: Final[tuple[Figure, ...]] = (
    Figure(
        name="asked",
        source="conversations",
        way="sum",
        unit="count",
        meaning="Conversations in which a customer asked something.",
        where="fate <> 'silent'",
    ),
    Figure(
        name="answered",
        source="conversations",
        way="sum",
        unit="count",
        meaning="Those of them that an agent took, however late.",
        where="fate = 'answered'",
    ),
    Figure(
        name="waiting",
        source="conversations",
        way="sum",
        unit="count",
        meaning="Those of them that wait now; they are in no wait, level or abandonment yet.",
        where="fate = 'waiting'",
    ),
    Figure(
        name="abandoned",
        source="conversations",
        way="sum",
        unit="count",
        meaning="Those of them that their customer ended before anybody took them.",
        where="fate = 'abandoned'",
    ),
    Figure(
        name="abandonment",
        source="conversations",
        way="mean",
        unit="share",
        meaning="Abandoned conversations, as a share of all that wait no longer.",
        where=DECIDED,
        value="(fate = 'abandoned')::integer",
    ),
    Figure(
        name="wait_mean",
        source="conversations",
        way="mean",
        unit="seconds",
        meaning="Mean wait of those who were answered, from their first message until the first "
        "agent took it.",
        where="fate = 'answered'",
        value="wait",
    ),
    Figure(
        name="wait_p50",
        source="conversations",
        way="p50",
        unit="seconds",
        meaning="The wait that half of those who were answered did not exceed.",
        where="fate = 'answered'",
        value="wait",
    ),
    Figure(
        name="wait_p90",
        source="conversations",
        way="p90",
        unit="seconds",
        meaning="The wait that nine in ten of those who were answered did not exceed.",
        where="fate = 'answered'",
        value="wait",
    ),
    Figure(
        name="level_offered",
        source="conversations",
        way="mean",
        unit="share",
        meaning="Answered within the limit, as a share of all that wait no longer.",
        where=DECIDED,
        value=IN_TIME,
        level="offered",
    ),
    Figure(
        name="level_excluding",
        source="conversations",
        way="mean",
        unit="share",
        meaning="Answered within the limit, as a share of all that wait no longer but for those "
        "who left within the limit themselves.",
        where=f"{DECIDED} AND NOT (fate = 'abandoned' AND wait <= within_ms)",
        value=IN_TIME,
        level="excluding",
    ),
    Figure(
        name="level_answered",
        source="conversations",
        way="mean",
        unit="share",
        meaning="Answered within the limit, as a share of those who were answered, however late.",
        where="fate = 'answered'",
        value=IN_TIME,
        level="answered",
    ),
    Figure(
        name="level_virtual",
        source="conversations",
        way="virtual",
        unit="share",
        meaning="The share that would have been answered within the limit, had those who left "
        "waited on: estimated from the waits of all (Kaplan-Meier), so it is no plain sum of rows.",
        where=DECIDED,
        value=IN_TIME,
        level="virtual",
    ),
    Figure(
        name="transfers",
        source="conversations",
        way="sum",
        unit="count",
        meaning="How often these conversations were handed on by agents.",
        where="transfers > 0",
        value="transfers",
    ),
    Figure(
        name="reopened",
        source="conversations",
        way="sum",
        unit="count",
        meaning="How often an agent took a close back and talked on.",
        where="reopened > 0",
        value="reopened",
    ),
    Figure(
        name="messages",
        source="conversations",
        way="sum",
        unit="count",
        meaning="Messages of customers and agents in talks that are over.",
        where="is_over",
        value="customer_messages + agent_messages",
    ),
    Figure(
        name="taken",
        source="stretches",
        way="sum",
        unit="count",
        meaning="How often an agent took a conversation: from the queue, from a colleague, or by "
        "a supervisor's word. What is handed on counts for each.",
    ),
    Figure(
        name="first_response_mean",
        source="stretches",
        way="mean",
        unit="seconds",
        meaning="Mean time from the customer's first message to the first agent message, counted "
        "for the agent who wrote it, in talks that are over.",
        where="first_response_ms IS NOT NULL",
        value=FIRST,
    ),
    Figure(
        name="first_response_p90",
        source="stretches",
        way="p90",
        unit="seconds",
        meaning="The first response that nine in ten did not exceed.",
        where="first_response_ms IS NOT NULL",
        value=FIRST,
    ),
    Figure(
        name="reply_mean",
        source="stretches",
        way="mean",
        unit="seconds",
        meaning="Mean reply latency: from the first message that nobody had answered to the agent "
        "message that did, over all replies in talks that are over.",
        where="replies > 0",
        value=REPLIES,
        weight="replies",
    ),
    Figure(
        name="agent_talk",
        source="stretches",
        way="mean",
        unit="seconds",
        meaning="Mean talk time of the agent in a conversation: the gaps before their messages.",
        where="agent_talk_ms IS NOT NULL",
        value="agent_talk_ms",
    ),
    Figure(
        name="customer_talk",
        source="stretches",
        way="mean",
        unit="seconds",
        meaning="Mean talk time of the customer while an agent had it.",
        where="customer_talk_ms IS NOT NULL",
        value="customer_talk_ms",
    ),
    Figure(
        name="handle_mean",
        source="stretches",
        way="mean",
        unit="seconds",
        meaning="Mean time in an agent's hands, wrap-up included.",
        where="handle_ms IS NOT NULL",
        value="handle_ms",
    ),
    Figure(
        name="handle_p90",
        source="stretches",
        way="p90",
        unit="seconds",
        meaning="The handle time that nine in ten did not exceed.",
        where="handle_ms IS NOT NULL",
        value="handle_ms",
    ),
    Figure(
        name="wrap_up_mean",
        source="stretches",
        way="mean",
        unit="seconds",
        meaning="Mean time from the end of the talk to closed, where there was a wrap-up.",
        where="wrap_up_ms IS NOT NULL",
        value="wrap_up_ms",
    ),
    Figure(
        name="concurrency",
        source="stretches",
        way="concurrency",
        unit="ratio",
        meaning="Conversations that an agent had at once, on average while they had any: the sum "
        "of handle times, divided by the time in which there was at least one of them.",
        where="handle_ms IS NOT NULL",
        value="handle_ms",
    ),
    Figure(
        name="csat",
        source="stretches",
        way="mean",
        unit="score",
        meaning="Mean of the scores, 1 to 5, counted for the agent who had it last; with the 95 % "
        "interval of the mean.",
        where="score IS NOT NULL",
        value="score",
    ),
    Figure(
        name="csat_response",
        source="stretches",
        way="mean",
        unit="share",
        meaning="How many of the customers whose talk is over gave a score.",
        where="is_last AND ending = 'closed'",
        value="(score IS NOT NULL)::integer",
    ),
    Figure(
        name="offers",
        source="offers",
        way="sum",
        unit="count",
        meaning="Offers of waiting conversations to agents.",
        where="NOT is_warm",
    ),
    Figure(
        name="offers_accepted",
        source="offers",
        way="sum",
        unit="count",
        meaning="Offers that were accepted.",
        where="NOT is_warm AND ending = 'accepted'",
    ),
    Figure(
        name="offers_declined",
        source="offers",
        way="sum",
        unit="count",
        meaning="Offers that were declined.",
        where="NOT is_warm AND ending = 'declined'",
    ),
    Figure(
        name="offers_missed",
        source="offers",
        way="sum",
        unit="count",
        meaning="Offers whose time ran out.",
        where="NOT is_warm AND ending = 'timed_out'",
    ),
)

BY_NAME: Final = {each.name: each for each in FIGURES}


def shown(level: Level) -> tuple[Figure, ...]:
    """Return the figures of a report: of the service levels the one that was chosen."""
    return tuple(each for each in FIGURES if each.level in {None, level})


def added(level: Level) -> tuple[Figure, ...]:
    """Return of them those that are sums and means, for reports with many lines."""
    return tuple(each for each in shown(level) if each.way in {"sum", "mean"})
