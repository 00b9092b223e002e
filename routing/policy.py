"""Who of those able and free should take a task: the smallest rank, then the smallest id.

A rank is a few numbers, the most important first; ``terms`` names them. It is computed from a
*subject* (what counts about an agent) and a *view* (what counts about the task and the rest of the
shop), and from nothing else, so that a stored record can be decided again. Of agents of one profile
with the same load every policy prefers the one idle longest, unless ``rows`` is "everyone": the
engine shows it only the first of each such row.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from routing.facts import AgentFacts

Rank = tuple[float, ...]
Rows = Literal["lowest", "highest", "all", "everyone"]

UNMET_PREFERENCE = 0.25
"""A preferred skill that is missing counts like so much slower work."""

SCARCITY = 3.0
"""What a unit costs other queues counts so much beside slower work. By the book it is 1; with mixed
skills 3 makes waits shorter and occupancy more even (docs/design/routing.md)."""


class Fit(Struct, frozen=True, gc=False):
    """How agents of a profile suit a queue and a language.

    ``ring`` is the first that lets them in; ``speed`` 1 is average; ``others`` are the queues they
    could serve too. ``unmet``: preferred skills they lack; ``language``: their level in the
    customer's, 0 to 5; ``foreign``: they do not speak it at all. ``skill_place``: where the queue's
    skill stands among theirs.
    """

    ring: int
    speed: float
    others: tuple[str, ...]
    unmet: int
    language: int
    foreign: bool
    skill_place: int


class Subject(Struct, frozen=True, gc=False):
    """An agent beside a task. ``place`` is where their id stands among all ids."""

    agent: AgentFacts
    fit: Fit
    place: int = 0
    has_refused: bool = False
    is_wanted: bool = False
    is_last: bool = False


class View(Struct, frozen=True, gc=False):
    """The task's side. ``slow``: speed of each task in hand of somebody who holds 1, 2, 3 …

    ``prices``: what one free unit less costs each queue, see ``min_cost``. ``draw`` is a number
    that belongs to the task alone; ``after`` the place behind which a round robin goes on.
    """

    best_speed: float
    slow: tuple[float, ...]
    prices: Mapping[str, float]
    people: int
    after: int
    draw: int


FIRST = ("refused", "wanted", "last_agent", "ring", "foreign")
THEN = ("preferred", "language", "idle_since")


class Policy(Struct, frozen=True, kw_only=True):
    """A way to choose.

    refused      0 or 1   who declined or missed this task before comes after all others
    wanted       0 or 1   0: a colleague handed the task to this agent
    last_agent   0 or 1   0: they spoke with this customer last
    ring         0, 1, …  the strictest ring of the queue that lets them in
    foreign      0 or 1   1: they do not speak the customer's language at all
    (then what the policy itself weighs, ``own``)
    preferred    0, 1, …  preferred skills they lack
    language     -5..0    minus their level in the customer's language
    idle_since   s        when their last contact ended; when they last took one, if they hold any
    """

    name: str
    own: tuple[str, ...]
    weigh: Callable[[Subject, View], Rank]
    rows: Rows = "lowest"
    is_of_shop: bool = False
    """Whether a rotation goes on over all queues together, and not in each for itself."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Name the parts of a rank, most important first."""
        return (*FIRST, *self.own, *THEN)

    def rank(self, it: Subject, view: View) -> Rank:
        """Rate an agent who may take the task; smaller is better."""
        agent, fit = it.agent, it.fit
        return (
            1.0 if it.has_refused else 0.0,
            0.0 if it.is_wanted else 1.0,
            0.0 if it.is_last else 1.0,
            fit.ring,
            1.0 if fit.foreign else 0.0,
            *self.weigh(it, view),
            fit.unmet,
            -fit.language,
            agent.assigned_at if agent.in_hand else agent.idle_since,
        )


def _load(it: Subject, _: View) -> Rank:
    return (it.agent.in_hand / it.agent.capacity,)


def _load_drawn(it: Subject, view: View) -> Rank:
    return (it.agent.in_hand / it.agent.capacity, mixed(view.draw, it.place))


def _most_load_drawn(it: Subject, view: View) -> Rank:
    return (-it.agent.in_hand / it.agent.capacity, mixed(view.draw, it.place))


def _idle(it: Subject, _: View) -> Rank:
    agent = it.agent
    return (1.0, agent.assigned_at) if agent.in_hand else (0.0, agent.idle_since)


def _cost(scarcity: float) -> Callable[[Subject, View], Rank]:
    """Weigh expected slowdown, and what the taken unit costs the other queues (ROUTING.md 5)."""

    def weigh(it: Subject, view: View) -> Rank:
        agent, fit, slow = it.agent, it.fit, view.slow
        held, others, prices = agent.in_hand, 0.0, view.prices
        for name in fit.others:
            others += prices[name]
        speed = fit.speed * (slow[held] if held < len(slow) else slow[-1])
        slowdown = view.best_speed / speed - 1 + UNMET_PREFERENCE * fit.unmet
        return (slowdown + scarcity * others, held / agent.capacity)

    return weigh


def _flexible(it: Subject, _: View) -> Rank:
    return (float(len(it.agent.skills)), it.agent.in_hand / it.agent.capacity)


def _most_flexible(it: Subject, _: View) -> Rank:
    return (-float(len(it.agent.skills)), it.agent.in_hand / it.agent.capacity)


def _fastest(it: Subject, view: View) -> Rank:
    level = min(it.agent.in_hand, len(view.slow) - 1)
    return (-it.fit.speed * view.slow[level], it.agent.in_hand / it.agent.capacity)


def _slowest(it: Subject, _: View) -> Rank:
    return (it.fit.speed, it.agent.in_hand / it.agent.capacity)


def _cyclic(it: Subject, view: View) -> Rank:
    return (float((it.place - view.after - 1) % view.people),)


def _random(it: Subject, view: View) -> Rank:
    return (mixed(view.draw, it.place),)


def _primary(it: Subject, view: View) -> Rank:
    return (float(it.fit.skill_place), *_idle(it, view))


def mixed(draw: int, place: int) -> float:
    """Return a number of 0 to 1 that looks drawn by chance (splitmix64, Steele et al. 2014)."""
    z = (draw + place * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return (z ^ (z >> 31)) / 2.0**64


MIN_COST = Policy(name="min_cost", own=("cost", "load"), weigh=_cost(SCARCITY))
MIN_COST_BY_THE_BOOK = Policy(name="min_cost_by_the_book", own=("cost", "load"), weigh=_cost(1.0))
LEAST_LOADED = Policy(name="least_loaded", own=("load",), weigh=_load)
LONGEST_IDLE = Policy(name="longest_idle", own=("busy", "idle"), weigh=_idle, rows="all")
ROUND_ROBIN = Policy(name="round_robin", own=("places_on",), weigh=_cyclic, rows="everyone")
ROUND_ROBIN_OF_SHOP = Policy(
    name="round_robin_of_shop",
    own=("places_on",),
    weigh=_cyclic,
    rows="everyone",
    is_of_shop=True,
)
LEAST_FLEXIBLE = Policy(name="least_flexible", own=("skills", "load"), weigh=_flexible)
FASTEST_FIRST = Policy(name="fastest_first", own=("speed", "load"), weigh=_fastest, rows="all")
RANDOM = Policy(name="random", own=("draw",), weigh=_random, rows="everyone")
LEAST_LOADED_DRAWN = Policy(
    name="least_loaded_drawn", own=("load", "draw"), weigh=_load_drawn, rows="everyone"
)
MOST_LOADED = Policy(
    name="most_loaded", own=("load", "draw"), weigh=_most_load_drawn, rows="everyone"
)
SLOWEST_FIRST = Policy(name="slowest_first", own=("speed", "load"), weigh=_slowest)
MOST_FLEXIBLE = Policy(name="most_flexible", own=("skills", "load"), weigh=_most_flexible)
PRIMARY_FIRST = Policy(
    name="primary_first", own=("skill", "busy", "idle"), weigh=_primary, rows="all"
)

OFFERED: Mapping[str, Policy] = {
    each.name: each
    for each in (
        MIN_COST,
        LEAST_LOADED,
        LONGEST_IDLE,
        ROUND_ROBIN,
        LEAST_FLEXIBLE,
        FASTEST_FIRST,
        RANDOM,
    )
}
"""What a queue may choose."""

POLICIES: Mapping[str, Policy] = {
    **OFFERED,
    **{
        each.name: each
        for each in (
            MIN_COST_BY_THE_BOOK,
            LEAST_LOADED_DRAWN,
            ROUND_ROBIN_OF_SHOP,
            MOST_LOADED,
            SLOWEST_FIRST,
            MOST_FLEXIBLE,
            PRIMARY_FIRST,
        )
    },
}
"""These and those that only the simulator compares."""
