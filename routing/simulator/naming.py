"""What a change calls by name must be there: whoever misspelt it hears what is near."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake

NEAR_MAX = 3
SHOWN_MAX = 20


def unknown(where: str, what: str, name: str, known: Iterable[str]) -> Mistake:
    """Return the complaint about a name that nobody knows, with the nearest that are known."""
    there = list(known)
    lower = {each.lower(): each for each in there}
    near = [lower[each] for each in get_close_matches(name.lower(), lower, NEAR_MAX)]
    if near:
        meant = " or ".join(near)
        return Mistake(f"{where}: there is no {what} {name}; perhaps {meant} is meant")
    return Mistake(f"{where}: there is no {what} {name}; there are {_some(there)}")


def check_skills(
    traffic: Traffic, named: Iterable[tuple[str, Mapping[str, object] | None]]
) -> None:
    """Refuse a skill that the shop does not have; ``named`` says where which skills stand."""
    known = sorted(set(_skills(traffic)))
    for where, skills in named:
        for skill in skills or {}:
            if skill not in known:
                raise unknown(f"{where}.{skill}", "skill", skill, known)


def _skills(traffic: Traffic) -> Iterator[str]:
    """Yield all that the shop is known to have: what was told, what people know, queues need."""
    yield from traffic.skills
    for person in traffic.people:
        yield from person.skills
    for line in traffic.lines:
        yield from line.facts.preferred
        for ring in line.facts.rings:
            yield from ring.needs


def _some(there: list[str]) -> str:
    if not there:
        return "none"
    more = ["…"] if len(there) > SHOWN_MAX else []
    return ", ".join((*there[:SHOWN_MAX], *more))
