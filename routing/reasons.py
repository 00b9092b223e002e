"""Why this agent, in a sentence and in facts that a person can check."""

from typing import Literal

from routing.explain import Record
from routing.facts import LANGUAGE, covers
from routing.policy import Fit

Fact = str | int | float | bool
Matched = Literal["last_agent", "matched_language", "matched_skill", "matched_both"]

SENTENCES = {
    "wanted": "A colleague has handed this customer to you.",
    "several": "Several of you are asked; it is for the first who takes it.",
    "only": "You are the only one free who can take this.",
    "last_agent": "You spoke with this customer last time.",
    "ring": "You have the skills as they were asked for first.",
    "foreign": "You speak the customer's language ({language}).",
    "cost": "You can take this at the least cost to all who wait.",
    "load": "You have the most room: {in_hand} of {capacity} places are taken.",
    "busy": "Of those who suit equally well, only you have nothing in hand.",
    "idle": "Of those who suit equally well, you have been free the longest.",
    "skills": "Others are kept free for what only they can do.",
    "speed": "You are quickest with conversations like this.",
    "language": "You speak the customer's language best ({language}, level {language_level}).",
    "preferred": "You have the skills that this queue prefers.",
    "idle_since": "Of those who suit equally well, you have been free the longest.",
    "given": "Of those who suit equally well, it is longest since you were given a conversation.",
}
IDLE = {"idle", "idle_since"}
"""Since when an agent is free, or, of those who hold work, when they took the last of it."""
ELSE = "It is your turn."
QUIET = {
    1: " Your quiet conversation takes no place.",
    2: " Your {quiet} quiet conversations take no place.",
}
"""One, or more."""


def sentence(record: Record) -> str:
    """Tell the chosen agent in one sentence why this is offered to them."""
    found = facts(record)
    said = SENTENCES.get(str(found["decided_by"]), ELSE)
    if "quiet" in found:
        said += QUIET[min(record.candidates[0].subject.agent.quiet, 2)]
    return said.format_map(found)


def facts(record: Record) -> dict[str, Fact]:
    """Return what decided, most important first, under keys that pages translate."""
    best, task = record.candidates[0].subject, record.task
    me = best.agent
    found: dict[str, Fact] = {
        "decided_by": _reason(record),
        "waited_s": max(0, round(record.at - task.queued_at)),
        "in_hand": me.in_hand,
        "capacity": me.capacity,
        "compared": record.compared,
    }
    if me.quiet:
        found["quiet"] = me.quiet
    if best.fit.language:
        found["language"] = str(task.language)
        found["language_level"] = best.fit.language
    if best.is_last:
        found["last_agent"] = True
    if record.ring:
        found["ring"] = record.ring
    if found["decided_by"] == "speed":
        found["speed"] = best.fit.speed
    needs = record.queue.rings[0].needs
    if needs:
        found["skills"] = ", ".join(
            f"{key.removeprefix(LANGUAGE)} {me.skills.get(key, 0)}" for key in needs
        )
    return found


def matched(record: Record, agent_id: str) -> Matched | None:
    """Return what a customer may hear of why this agent: nothing of anybody else, no figures."""
    subjects = (candidate.subject for candidate in record.candidates)
    it = next((each for each in subjects if each.agent.id == agent_id), None)
    if it is None:
        return None
    if it.is_last:
        return "last_agent"
    needs = {**record.queue.preferred, **record.queue.rings[0].needs}
    skills = {key: level for key, level in needs.items() if not key.startswith(LANGUAGE)}
    skilled = bool(skills) and covers(it.agent.skills, skills)
    if it.fit.language:
        return "matched_both" if skilled else "matched_language"
    return "matched_skill" if skilled else None


def _reason(record: Record) -> str:
    """Return the term that decided, or what of the cost did."""
    best = record.candidates[0].subject
    if best.is_wanted:
        return "wanted"
    if record.decided_by == "cost":
        return _dearer(record, best.fit, record.candidates[1].subject.fit)
    if record.decided_by in IDLE and best.agent.in_hand:
        return "given"
    return record.decided_by or "only"


def _dearer(record: Record, best: Fit, second: Fit) -> str:
    """Return what made the second dearer: without it they would not be."""
    if best.unmet < second.unmet:
        return "preferred"
    price = record.view.prices.__getitem__
    is_no_cheaper = sum(map(price, best.others)) >= sum(map(price, second.others))
    return "speed" if best.speed > second.speed and is_no_cheaper else "cost"
