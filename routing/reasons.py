"""Why this agent, in a sentence and in facts that a person can check."""

from routing.explain import Record
from routing.facts import LANGUAGE
from routing.policy import language_level

Fact = str | int | float | bool


SENTENCES = {
    "wanted": "A colleague has handed this customer to you.",
    "only": "You are the only one free who can take this.",
    "load": "You have the most room: {in_hand} of {capacity} places are taken.",
    "last_agent": "You spoke with this customer last time.",
    "language": "You speak the customer's language best ({language}, level {language_level}).",
    "preferred": "You have the skills that this queue prefers.",
    "idle_since": "You have been free the longest.",
}
ELSE = "It is your turn."


def sentence(record: Record) -> str:
    """Tell the chosen agent in one sentence why this is offered to them."""
    found = facts(record)
    return SENTENCES.get(str(found["decided_by"]), ELSE).format_map(found)


def facts(record: Record) -> dict[str, Fact]:
    """Return what decided, most important first, under keys that pages translate."""
    me, task = record.candidates[0].agent, record.task
    reason = "wanted" if task.wanted_agent == me.id else record.decided_by or "only"
    found: dict[str, Fact] = {
        "decided_by": reason,
        "waited_s": max(0, round(record.at - task.queued_at)),
        "in_hand": me.in_hand,
        "capacity": me.capacity,
        "compared": record.compared,
    }
    level = language_level(task, record.queue, me.skills)
    if level:
        found["language"] = str(task.language)
        found["language_level"] = level
    if task.last_agent == me.id:
        found["last_agent"] = True
    if record.queue.required:
        found["skills"] = ", ".join(
            f"{key.removeprefix(LANGUAGE)} {me.skills.get(key, 0)}" for key in record.queue.required
        )
    return found
