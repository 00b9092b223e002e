"""Whose turn it is: tasks in the order in which a free agent takes them.

A turn is compared as ``(tier, group, value, arrival, id)``; the smaller goes first. *Tier* is
strict: emergencies before all others. *Group* 0 are the aged, who waited ``AGED_TARGETS`` times the
target of their queue: first come, first served, whatever their queue. Group 1 goes by urgency,
which grows with every second: ``value = -(now - arrival) * slope``. The *arrival* is virtual: the
time the task was queued, less its head start (priority, and a boost for who was declined or
missed). Inside a line all slopes are equal, so it keeps its order while time passes and only the
heads of lines are ever compared (ROUTING.md 4.5).
"""

from collections.abc import Callable, Mapping
from math import inf

from msgspec import Struct

from routing.facts import AGED_TARGETS, NORMAL, PRIORITY_STEP_S, TARGET_S, QueueFacts, TaskFacts

Turn = tuple[int, int, float, float, str]

AGED, GROWING = 0, 1


class Order(Struct, frozen=True, kw_only=True):
    """A queue discipline. ``slope``: how fast a second of waiting in a queue makes it urgent."""

    name: str
    slope: Callable[[QueueFacts], float]
    is_personal: bool = False
    """Whether it matters who is free: urgency is multiplied by that agent's speed."""
    by_primary: bool = False
    """Whether a free agent serves the queue of their first skill first, and so on."""
    ages: bool = False
    """Whether who has waited long enough joins the aged, or has room saved if they need much."""


FIFO = Order(name="fifo", slope=lambda _: 1.0)
"""Tier, then longest waiting."""

SCORE = Order(
    name="score", slope=lambda queue: queue.weight / (queue.target_s or TARGET_S), ages=True
)
"""The default: waiting beside the target of the queue. Without targets it is the conversation
score, in which a step of priority is worth ``PRIORITY_STEP_S`` of waiting."""

CMU = Order(
    name="cmu", slope=lambda queue: queue.weight / (queue.mean_s or TARGET_S), is_personal=True
)
"""Weight times waiting times the rate at which this agent serves (generalised c-mu rule)."""

PRIMARY = Order(name="primary", slope=lambda _: 1.0, by_primary=True)
"""The queue of the agent's first skill, then of the second …; longest waiting in each."""

ORDERS: Mapping[str, Order] = {order.name: order for order in (FIFO, SCORE, CMU, PRIMARY)}


def arrival(task: TaskFacts, queue: QueueFacts) -> float:
    """Return the virtual time of arrival, in seconds since 1970."""
    return task.queued_at - PRIORITY_STEP_S * (task.priority + queue.priority) - task.boost_s


def aged_at(task: TaskFacts, queue: QueueFacts) -> float:
    """Return when a task joins the aged, in seconds since 1970."""
    return task.queued_at + AGED_TARGETS * (queue.target_s or TARGET_S)


def saves_at(task: TaskFacts, queue: QueueFacts, order: Order) -> float:
    """Return when room begins to be saved for a task of several units, in seconds since 1970.

    At once for an emergency, else when it is old enough to be aged, whether the shop has such
    tasks or not; never for one of a single unit, which takes the first that is free.
    """
    if queue.units == 1 or not order.ages:
        return inf
    return task.queued_at if task.tier < NORMAL else aged_at(task, queue)


def turn(task: TaskFacts, queue: QueueFacts, order: Order, now: float, *, ages: bool) -> Turn:
    """Return the turn of a task, as it is for anybody (and any speed) at a time.

    ``ages`` tells whether the shop has aged tasks at all: see ``Engine``.
    """
    if ages and aged_at(task, queue) <= now:
        return (task.tier, AGED, task.queued_at, task.queued_at, task.id)
    came = arrival(task, queue)
    return (task.tier, GROWING, -(now - came) * order.slope(queue), came, task.id)
