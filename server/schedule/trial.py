"""A planned day, and the same with its gaps filled, as the simulator takes them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median_high

from msgspec.structs import replace

from routing.simulator.traffic import Person, Traffic
from server.schedule.expected import Expected, HalfHour
from server.schedule.need import Queue
from server.schedule.spans import Span
from server.simulating.periods import Expected as Line


def expected_lines(open_of: Mapping[Queue, Sequence[HalfHour]], expected: Expected) -> list[Line]:
    """Return what a day brings, as lines of a forecast."""
    found: list[Line] = []
    for queue, those in open_of.items():
        for each in those:
            demand = expected.at(queue.key, each)
            if demand is not None:
                line = Line(
                    queue=queue.key,
                    start=each.at,
                    arrivals=demand.arrivals,
                    handle_s=demand.handle_s,
                    patience_s=demand.patience_s,
                )
                found.append(line)
    return found


def as_planned(traffic: Traffic, spans: Mapping[str, Sequence[Span]]) -> Traffic:
    """Return the same customers at a desk where people are there when they are planned."""
    people = tuple(
        replace(
            person,
            here=tuple(
                (begin.timestamp(), end.timestamp()) for begin, end in spans.get(person.id, ())
            ),
        )
        for person in traffic.people
    )
    return replace(traffic, people=people)


def with_filled(
    traffic: Traffic, filled: Sequence[tuple[Mapping[str, int], datetime, datetime, int]]
) -> Traffic:
    """Return the same with people who do not exist yet: their skills, from, until, how many.

    They hold as many conversations as people here do.
    """
    capacity = median_high([person.capacity for person in traffic.people] or [1])
    added = [
        Person(
            id=f"filled-{at}-{number}",
            key=f"filled-{at}-{number}",
            skills=skills,
            capacity=capacity,
            here=((begin.timestamp(), end.timestamp()),),
        )
        for at, (skills, begin, end, count) in enumerate(filled)
        for number in range(count)
    ]
    return replace(traffic, people=(*traffic.people, *added))
