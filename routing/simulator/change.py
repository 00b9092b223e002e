"""What somebody wants to try: other people, other skills, other rules of a queue."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from routing.facts import Ring
from routing.policy import OFFERED
from routing.simulator.naming import check_skills, unknown
from routing.simulator.scenario import Level, Positive, Seconds
from routing.simulator.traffic import Line, Person, Span, Traffic, presence
from routing.simulator.wording import Mistake

Skills = Mapping[str, Annotated[int, Meta(ge=1, le=5)]]
Count = Annotated[int, Meta(ge=1, le=100)]


class NewPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is not there yet, or several alike. ``like``: whose hours they keep."""

    skills: Skills
    capacity: Count = 3
    name: str = ""
    count: Count = 1
    like: str | None = None


class ChangedPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is different about somebody. ``skills`` replaces all that they have."""

    capacity: Count | None = None
    skills: Skills | None = None


class PeopleChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who comes, who is different, who goes; by e-mail address."""

    add: tuple[NewPerson, ...] = ()
    change: Mapping[str, ChangedPerson] = {}
    remove: tuple[str, ...] = ()


class QueueChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is different about a queue. ``needs`` replaces what it requires in its first ring.

    ``steps``: skill → [[after seconds, level], …]: from that age so much is enough; 0: nothing.
    """

    policy: str | None = None
    target_s: Positive | None = None
    priority: Annotated[int, Meta(ge=0, le=10)] | None = None
    weight: Positive | None = None
    needs: Skills | None = None
    preferred: Skills | None = None
    steps: Mapping[str, tuple[tuple[Seconds, Annotated[int, Meta(ge=0, le=5)]], ...]] | None = None
    per_agent_max: Level | None = None
    sticky_s: Seconds | None = None
    match_language: bool | None = None


PLAIN = (
    "policy",
    "target_s",
    "priority",
    "weight",
    "preferred",
    "per_agent_max",
    "match_language",
)
"""Fields that the engine's own facts have too."""


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is to be tried together."""

    agents: PeopleChange = field(default_factory=PeopleChange)
    queues: Mapping[str, QueueChange] = {}


def changed(traffic: Traffic, change: Change) -> Traffic:
    """Return the same customers at a desk that was changed; ``Mistake`` names what is not known."""
    check_skills(traffic, _named(change))
    lines = {line.key: line for line in traffic.lines}
    for key, each in change.queues.items():
        if key not in lines:
            raise unknown(f"change.queues.{key}", "queue", key, lines)
        lines[key] = _line(lines[key], each, f"change.queues.{key}")
    return replace(traffic, lines=tuple(lines.values()), people=_people(traffic, change.agents))


def _named(change: Change) -> Iterator[tuple[str, Mapping[str, object] | None]]:
    """Yield every place of a change where skills stand, and those."""
    for at, new in enumerate(change.agents.add):
        yield f"change.agents.add[{at}].skills", new.skills
    for key, person in change.agents.change.items():
        yield f"change.agents.change.{key}.skills", person.skills
    for key, queue in change.queues.items():
        yield f"change.queues.{key}.needs", queue.needs
        yield f"change.queues.{key}.preferred", queue.preferred


def rings(needs: Mapping[str, int], steps: Mapping[str, Any]) -> tuple[Ring, ...]:
    """Return who may take a task at what age, when its needs go down by steps."""
    times = sorted({0.0, *(float(after) for each in steps.values() for after, _ in each)})
    return tuple(Ring(after_s=time, needs=_needs_at(time, needs, steps)) for time in times)


def _needs_at(time: float, needs: Mapping[str, int], steps: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for skill, level in needs.items():
        passed = [(after, lower) for after, lower in steps.get(skill, ()) if after <= time]
        enough = max(passed)[1] if passed else level
        if enough:
            found[skill] = enough
    return found


def _people(traffic: Traffic, change: PeopleChange) -> tuple[Person, ...]:
    people = {person.key: person for person in traffic.people}
    for where, keys in (("change", change.change), ("remove", change.remove)):
        for key in keys:
            if key not in people:
                raise unknown(f"change.agents.{where}", "agent", key, people)
    for key, each in change.change.items():
        told = {
            name: value
            for name, value in (("capacity", each.capacity), ("skills", each.skills))
            if value is not None
        }
        people[key] = replace(people[key], **told)
    added = [
        _person(traffic, new, f"change.agents.add[{at}]", (at, number))
        for at, new in enumerate(change.add)
        for number in range(new.count)
    ]
    staying = (person for key, person in people.items() if key not in change.remove)
    return (*staying, *added)


def _person(traffic: Traffic, new: NewPerson, where: str, number: tuple[int, int]) -> Person:
    key = f"new-{number[0] + 1}-{number[1] + 1}"
    return Person(
        id=key,
        key=key,
        name=new.name or key,
        skills=new.skills,
        capacity=new.capacity,
        here=_hours(traffic, new.like, f"{where}.like"),
    )


def _hours(traffic: Traffic, like: str | None, where: str) -> tuple[Span, ...]:
    """Return when a new person is there: as somebody else is, or whenever anybody is."""
    if like is None:
        return presence([span for person in traffic.people for span in person.here], 0.0)
    for person in traffic.people:
        if person.key == like:
            return person.here
    raise unknown(where, "agent", like, [person.key for person in traffic.people])


def _line(line: Line, change: QueueChange, where: str) -> Line:
    if change.policy is not None and change.policy not in OFFERED:
        there_are = ", ".join(OFFERED)
        raise Mistake(f"{where}.policy: there is no {change.policy}; there are {there_are}")
    told = {name: value for name in PLAIN if (value := getattr(change, name)) is not None}
    if change.needs is not None or change.steps is not None:
        told["rings"] = _rings(line, change, where)
    sticky_s = line.sticky_s if change.sticky_s is None else change.sticky_s
    return replace(line, facts=replace(line.facts, **told), sticky_s=sticky_s)


def _rings(line: Line, change: QueueChange, where: str) -> tuple[Ring, ...]:
    """Return the rings of new needs and steps; where others may help stays as it is.

    As in production less is asked for at once before others help at once.
    """
    needs = line.facts.rings[0].needs if change.needs is None else change.needs
    for skill in change.steps or {}:
        if skill not in needs:
            raise Mistake(f"{where}.steps.{skill}: the queue does not require this skill")
    last = {ring.after_s: ring for ring in line.facts.rings}
    others = [last[age] for age in line.helped_at]
    helped_s = max((ring.after_s for ring in others if ring.skip), default=0.0)
    first, *steps = rings(needs, change.steps or {})
    own = (first, *(replace(ring, skip=ring.after_s <= helped_s) for ring in steps))
    return tuple(sorted((*own, *others), key=lambda it: it.after_s))
