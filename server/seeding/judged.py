"""How the demo shop judges conversations: scorecards, rules that choose some, and reviews."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from msgspec import to_builtins

from server.protocol.quality import Answer, Question
from server.seeding.blank import id_at
from server.seeding.thread import Thread
from server.services.quality.scoring import judged
from storage.history import Judged, Row, Staff

PASS_MARK = 80
SINCE = timedelta(weeks=4)
RECENT = timedelta(days=2)
"""From so long ago on rules choose: enough to review, and not a month of it."""

USUAL = (
    Question(key="heard", text="Did they find out what it is about?", scale=5, weight=2),
    Question(
        key="solved",
        text="Was it solved, or handed to who can?",
        help="Look at the last messages and the outcome.",
        scale=2,
        weight=3,
        critical=True,
    ),
    Question(key="tone", text="Was it said in a friendly and plain way?", scale=5),
    Question(key="quick", text="Did the customer never wait without a word?", scale=3),
    Question(key="next", text="Is it clear what happens next?", scale=2, optional=True),
)
COMPLAINTS = (
    Question(key="sorry", text="Did they say sorry once, and mean it?", scale=2, weight=2),
    Question(key="offer", text="Was there an offer that fits?", scale=5, weight=2),
    Question(key="calm", text="Did they stay calm?", scale=5, critical=True),
)
CARDS = (("Every conversation", USUAL), ("Complaints", COMPLAINTS))
TAGS = ("Late parcel", "Damaged goods", "Praise")


class Chooses(NamedTuple):
    """A rule that chooses what is to be reviewed."""

    name: str
    kind: str
    amount: float


CHOOSING = (Chooses("One in twenty", "share", 0.05), Chooses("Low ratings", "low_score", 2.0))


class Said(NamedTuple):
    """A review of somebody: steps by question, a note, and what they said to it."""

    mailbox: str
    steps: tuple[int | None, ...]
    note: str
    reply: str | None = None
    reply_text: str | None = None
    is_draft: bool = False


SAID = (
    Said("mei", (5, 2, 5, 3, 2), "Warm and quick. Show Hao how you sum up at the end."),
    Said(
        "hao",
        (3, 2, 4, 1, None),
        "Two silences of minutes: say that you are looking.",
        "answered",
        "I was on the phone with the carrier. I will say so next time.",
    ),
    Said(
        "daniel",
        (4, 1, 4, 2, 1),
        "It was closed before the refund was found.",
        "disputed",
        "The customer said it could wait until Monday.",
    ),
    Said("sofia", (5, 2, 4, 3, None), "Good questions before the answer.", "acknowledged"),
    Said("grace", (4, 2, 5, 2, None), "", is_draft=True),
)


def judge(staff: Staff, threads: Sequence[Thread], now: datetime, chance: Random) -> Judged:
    """Judge some of what was said, as the supervisor would have."""
    lead = next(agent.id for agent in staff.agents if agent.role == "supervisor")
    shop_id, made_at = staff.queues[0].shop_id, now - SINCE
    ids = [id_at(made_at, chance) for _ in CARDS]
    tags = [id_at(made_at, chance) for _ in TAGS]
    cards: list[Row] = [
        {"id": of, "shop_id": shop_id, "name": name, "version": 1, "created_at": made_at}
        for of, (name, _) in zip(ids, CARDS, strict=True)
    ]
    return Judged(
        scorecard=cards,
        scorecard_version=[
            {
                "scorecard_id": of,
                "version": 1,
                "made_at": made_at,
                "made_by": lead,
                "pass_mark": PASS_MARK,
                "questions": to_builtins(questions),
            }
            for of, (_, questions) in zip(ids, CARDS, strict=True)
        ],
        review=list(_reviews(staff, threads, (lead, ids[0]), now, chance)),
        review_rule=[
            _rule(rule, id_at(made_at, chance), cards[0], now - RECENT) for rule in CHOOSING
        ],
        tag=[
            {"id": of, "shop_id": shop_id, "name": name}
            for of, name in zip(tags, TAGS, strict=True)
        ],
        conversation_tag=list(_tagged(threads, tags, lead)),
    )


def _reviews(
    staff: Staff,
    threads: Sequence[Thread],
    by: tuple[UUID, UUID],
    now: datetime,
    chance: Random,
) -> Iterator[Row]:
    agents = {agent.email.partition("@")[0]: agent.id for agent in staff.agents}
    for said in SAID:
        agent_id = agents[said.mailbox]
        talks = [each.row for each in threads if each.row.agent_id == agent_id]
        row = max(talks[-20:], key=lambda each: each.replies, default=None)
        if row is None or row.closed_at is None:
            continue
        at = min(row.closed_at + timedelta(hours=3), now - timedelta(hours=1))
        answers = {
            str(question.key): Answer(step=step, applies=step is not None)
            for question, step in zip(USUAL, said.steps, strict=True)
        }
        what = judged(USUAL, answers, PASS_MARK)
        is_told = not said.is_draft
        yield {
            "id": id_at(at, chance),
            "shop_id": row.shop_id,
            "conversation_id": row.id,
            "agent_id": agent_id,
            "reviewer_id": by[0],
            "scorecard_id": by[1],
            "version": 1,
            "answers": to_builtins(answers),
            "note": said.note,
            "score": what.score if is_told else None,
            "passed": what.passed if is_told else None,
            "failed_on": what.failed_on if is_told else None,
            "created_at": at,
            "changed_at": at,
            "published_at": at if is_told else None,
            "reply": said.reply,
            "reply_text": said.reply_text,
            "replied_at": None if said.reply is None else at + timedelta(minutes=20),
        }


def _rule(rule: Chooses, rule_id: UUID, card: Row, since: datetime) -> Row:
    return {
        "id": rule_id,
        "shop_id": card["shop_id"],
        "name": rule.name,
        "scorecard_id": card["id"],
        "kind": rule.kind,
        "amount": rule.amount,
        "since": since,
        "active": True,
        "version": 1,
    }


def _tagged(threads: Sequence[Thread], tags: Sequence[UUID], by: UUID) -> Iterator[Row]:
    """Tag some of the newest: late parcels, what came back damaged, and who was delighted."""
    late, damaged, praise = tags
    wanted = {
        late: [each for each in threads if each.row.topic == "order_delivery"],
        damaged: [each for each in threads if each.row.topic == "returns"],
        praise: [each for each in threads if each.row.score == 5],
    }
    for tag, talks in wanted.items():
        for thread in talks[-6:]:
            at = thread.row.closed_at
            yield {"conversation_id": thread.row.id, "tag_id": tag, "by_id": by, "at": at}
