"""What a queue may ask of agents, and where it may overflow to. Refusals name the field."""

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from uuid import UUID

from server.protocol.errors import Invalid, NotFound
from server.protocol.setup.queues import OverflowGiven, QueueSkillGiven
from server.services.ids import uuid_at
from storage import errors as stored
from storage import people

NO_SKILL = "This shop has no such skill."


@contextmanager
def naming_skills() -> Generator[None]:
    """Say where it is when a skill is not of the shop."""
    try:
        yield
    except stored.Missing as missing:
        raise NotFound(NO_SKILL, field="skills") from missing


def needs(skills: Sequence[QueueSkillGiven]) -> tuple[people.QueueSkill, ...]:
    """Read the skills of a queue, each named once, with steps that only ask for less."""
    if len({each.skill for each in skills}) != len(skills):
        raise Invalid("A skill is named twice.", field="skills")
    for number, each in enumerate(skills):
        _check_steps(each, f"skills[{number}].steps")
    return tuple(
        people.QueueSkill(
            uuid_at(each.skill, f"skills[{number}].skill"),
            each.level,
            each.required,
            tuple(each.steps),
        )
        for number, each in enumerate(skills)
    )


def helpers(
    overflow: Sequence[OverflowGiven], known: Collection[UUID]
) -> tuple[people.Overflow, ...]:
    """Read where a queue overflows to: ``known`` are the other queues of the shop, in use."""
    queues = {str(queue_id): queue_id for queue_id in known}
    before_s = 0
    for number, each in enumerate(overflow):
        if each.queue not in queues:
            raise Invalid(
                "This is no other queue of the shop that is in use.",
                field=f"overflow[{number}].queue",
            )
        if each.after_s <= before_s:
            raise Invalid("Ages must rise.", field=f"overflow[{number}].after_s")
        before_s = each.after_s
    if len({each.queue for each in overflow}) != len(overflow):
        raise Invalid("A queue is named twice.", field="overflow")
    return tuple(
        people.Overflow(queues[each.queue], each.after_s, each.skip_if_empty) for each in overflow
    )


def _check_steps(skill: QueueSkillGiven, field: str) -> None:
    """Refuse ages that do not rise, and levels that do not fall from the skill's own."""
    before_s, before = 0, skill.level
    for after_s, level in skill.steps:
        if after_s <= before_s:
            raise Invalid("Ages must rise from step to step.", field=field)
        if level >= before:
            raise Invalid("Each step must ask for less than the one before.", field=field)
        before_s, before = after_s, level
    if skill.steps and before and not skill.required:
        raise Invalid("A preferred skill is dropped in the end: by a last step to 0.", field=field)
