"""Scenarios as people write them in a file, and what is wrong with them in words."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta, Struct

from routing.simulator.wording import Mistake, converted, in_words

Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Level = Annotated[int, Meta(ge=1)]

THRESHOLD_S = 20.0
REMARKS = frozenset({"desc", "name", "note", "notes", "comment", "source", "exact", "reference"})
"""Fields of a scenario that are for people."""


class CustomerType(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stream of customers; what they need, and how long they bear to wait."""

    rate: Positive
    mean: Positive
    req: Annotated[tuple[str, ...], Meta(min_length=1)]
    prio: int = 0
    patience: Positive | None = None
    weight: Positive = 1.0
    rings: Annotated[tuple[tuple[Seconds, Level], ...], Meta(min_length=1)] = ((0.0, 1),)
    pref_prob: Share = 0.0
    sticky: Seconds = 0.0
    name: str = ""


class Server(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent as a scenario has them: skill → level and speed."""

    skills: Mapping[str, tuple[Level, Positive]]
    cap: Annotated[int, Meta(ge=1, le=1000)] = 1
    primary: tuple[str, ...] = ()
    name: str = ""

    def speed(self, kind: CustomerType) -> float:
        """Return how fast they serve customers of a type: as fast as at the worst skill."""
        return min(self.skills[skill][1] for skill in kind.req)

    def may(self, kind: CustomerType, level: int) -> bool:
        """Tell whether they have all that the type needs, at that level."""
        return all(self.skills.get(skill, (0, 0.0))[0] >= level for skill in kind.req)


class Scenario(Struct, frozen=True, kw_only=True):
    """Customers who keep coming, and the agents who serve them."""

    types: Annotated[tuple[CustomerType, ...], Meta(min_length=1)]
    agents: Annotated[tuple[Server, ...], Meta(min_length=1)]
    slow: Annotated[tuple[Positive, ...], Meta(min_length=1)] = (1.0,)
    room: Annotated[int, Meta(ge=0)] | None = None
    threshold_s: Positive = msgspec.field(name="T", default=THRESHOLD_S)
    policies: tuple[str, ...] = ()
    desc: str = ""


class Cell(Struct, frozen=True, array_like=True):
    """A figure and the half width of its 95 % interval."""

    mean: float
    half: float = 0.0


Reference = Mapping[str, Mapping[str, Mapping[str, Cell | float]]]
"""Scenario → policy → metric → result; a number alone is exact."""


class File(Struct, frozen=True, kw_only=True):
    """What a file holds: scenarios by name, and results to compare with, if there are any."""

    scenarios: Mapping[str, Scenario]
    reference: Reference = {}


def read(text: bytes) -> File:
    """Read a file with one scenario or many; ``Mistake`` names the field that is wrong."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Mistake(f"This is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Mistake("scenario: must be an object with `types` and `agents`")
    fields = cast("dict[str, Any]", found)
    if "scenarios" not in fields:
        return File(scenarios={"scenario": scenario(fields, "scenario")})
    many = fields["scenarios"]
    if not isinstance(many, dict) or not many:
        raise Mistake("scenarios: must be an object, name → scenario")
    return File(
        scenarios={
            name: scenario(one, f"scenarios.{name}")
            for name, one in cast("dict[str, Any]", many).items()
        },
        reference=converted(fields.get("reference") or {}, Reference, "reference"),
    )


def scenario(fields: object, where: str) -> Scenario:
    """Take a scenario from plain values; ``Mistake`` names the field below ``where``."""
    if not isinstance(fields, dict):
        raise Mistake(f"{where}: must be an object with `types` and `agents`")
    named = cast("dict[str, Any]", fields)
    known = set(Scenario.__struct_encode_fields__)
    for field in named.keys() - known - REMARKS:
        there_are = ", ".join(sorted(known))
        raise Mistake(f"{where}.{field}: there is no such field; there are {there_are}")
    made = converted({key: named[key] for key in named.keys() & known}, Scenario, where)
    for at, kind in enumerate(made.types):
        _check_rings(kind, f"{where}.types[{at}]")
        _check_somebody(kind, made.agents, f"{where}.types[{at}]")
    for at, agent in enumerate(made.agents):
        _check_primary(agent, f"{where}.agents[{at}]")
    return made


def _check_primary(agent: Server, where: str) -> None:
    for skill in agent.primary:
        if skill not in agent.skills:
            raise Mistake(f"{where}.primary: {in_words(skill)} is not among their skills")


def _check_rings(kind: CustomerType, where: str) -> None:
    if kind.rings[0][0] != 0:
        raise Mistake(f"{where}.rings[0]: the first ring opens after 0 s")
    for at, ((before, _), (after, _)) in enumerate(zip(kind.rings, kind.rings[1:], strict=False)):
        if after <= before:
            raise Mistake(
                f"{where}.rings[{at + 1}]: opens after {after:g} s, not later than the one before"
            )


def _check_somebody(kind: CustomerType, agents: tuple[Server, ...], where: str) -> None:
    least = min(level for _, level in kind.rings)
    if not any(agent.may(kind, least) for agent in agents):
        raise Mistake(f"{where}.req: no agent has {' and '.join(kind.req)} at level {least}")
