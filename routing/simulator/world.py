"""A day at the desk: customers come, the engine matches, agents work, patience ends.

The engine is the one that serves production. All that is simulated is its clock, and people.
"""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from msgspec.structs import replace

from routing.engine import Engine
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.simulator.sharing import Sharing
from routing.simulator.waves import Wave
from routing.simulator.wording import Mistake

LEFT, BLOCKED, WAITS = -1, -2, -3
"""Instead of an agent's number: gave up; found no place to wait; still waits."""

FINISH, LEAVE, TURN, SHIFT = 0, 1, 2, 3
"""What an event is: the last two bits of its code. The rest is a customer, an agent or a shift."""


AHEAD_MAX, AHEAD_MIN = 20, 100_000
"""So many times as many customers as are wanted, and some, may come before those are through."""

NEVER_SERVED = (
    "some customers would wait for ever: more comes than the agents can do, and who waits does not "
    "give up; say their patience"
)


class Shift(NamedTuple):
    """Somebody comes or goes."""

    at: float
    agent: int
    comes: bool


class Desk(NamedTuple):
    """Where customers come to: facts for the engine, and how fast each agent serves each queue."""

    agents: tuple[AgentFacts, ...]
    queues: tuple[QueueFacts, ...]
    speeds: tuple[tuple[float, ...], ...]
    slow: tuple[float, ...] = (1.0,)
    room: int | None = None
    shifts: tuple[Shift, ...] = ()


class World:
    """One run. What became of each customer stands in ``waits`` and ``taken_by``, by number.

    ``watch`` is called after everything that happens, with the time; tests look around there.
    """

    def __init__(
        self, engine: Engine, desk: Desk, watch: Callable[["World", float], None] | None = None
    ) -> None:
        self.engine, self.desk, self._watch = engine, desk, watch
        self.at: list[float] = []
        self.kinds: list[int] = []
        self.tasks: list[TaskFacts] = []
        self.waits: list[float] = []
        self.taken_by: list[int] = []
        self.waiting: dict[str, int] = {}
        self.window = (0.0, 0.0)
        self.busy: list[float] = [0.0] * len(desk.agents)
        """Units in hand, summed over the seconds of the window."""
        self._work: list[float] = []
        self._patience: list[float] = []
        self._held = [0] * len(desk.agents)
        self._since = [0.0] * len(desk.agents)
        self._units = [queue.units for queue in desk.queues]
        self._names = [agent.id for agent in desk.agents]
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self._room = inf if desk.room is None else desk.room
        self._events: list[tuple[float, int]] = []
        self._due, self._now = inf, 0.0
        self._measured = range(0)
        self._open = 0
        most = max((agent.capacity for agent in desk.agents), default=1)
        self._steady = len(set(desk.slow[:most])) == 1
        self._sharing = Sharing(len(desk.agents), desk.slow, most)
        self._furnish()

    def run(self, waves: Iterable[Wave], first: int, count: int) -> None:
        """Serve customers until it is clear what becomes of ``count`` of them from ``first`` on."""
        self._measured, self._open = range(first, first + count), count
        last = first + count - 1
        enough = AHEAD_MAX * (last + 1) + AHEAD_MIN
        for wave in waves:
            number = len(self.at)
            if number > enough:
                raise Mistake(NEVER_SERVED)
            self._admit(wave)
            for at in wave.at:
                self._pass(at)
                if number == first:
                    self._begin(at)
                self._arrive(number, at)
                if number == last:
                    self._close(at)
                number += 1
                if number > last and not self._open:
                    return
        self._pass(inf)
        for number in self.waiting.values():
            self.waits[number] = max(0.0, self._now - self.at[number])

    # Setting up and measuring

    def _furnish(self) -> None:
        for agent in self.desk.agents:
            self.engine.put_agent(agent)
        for queue in self.desk.queues:
            self.engine.put_queue(queue)
        for number, shift in enumerate(self.desk.shifts):
            heappush(self._events, (shift.at, number << 2 | SHIFT))

    def _admit(self, wave: Wave) -> None:
        self.at += wave.at
        self.kinds += wave.kinds
        self.tasks += wave.tasks
        self._work += wave.work
        self._patience += wave.patience
        self.waits += [0.0] * len(wave.at)
        self.taken_by += [WAITS] * len(wave.at)

    def _begin(self, now: float) -> None:
        self.window = (now, now)
        self.busy = [0.0] * len(self.busy)
        self._since = [now] * len(self._since)

    def _close(self, now: float) -> None:
        self.window = (self.window[0], now)
        for agent in range(len(self.busy)):
            self._hold(agent, 0, now)
        self._since = [inf] * len(self._since)

    # What happens

    def _pass(self, until: float) -> None:
        """Let everything happen that comes before ``until``."""
        events = self._events
        while True:
            at = events[0][0] if events else inf
            now = min(at, self._due)
            if now > until or now == inf:
                return
            self._now = now
            if now < at:
                self._decide(now)
            else:
                self._happen(*heappop(events))
            if self._watch is not None:
                self._watch(self, now)

    def _happen(self, now: float, code: int) -> None:
        what, whose = code & 3, code >> 2
        if what == FINISH:
            self._finish(whose, now)
        elif what == LEAVE:
            self._leave(whose, now)
        elif what == TURN:
            self._turn(whose, now)
        else:
            self._shift(self.desk.shifts[whose], now)

    def _arrive(self, number: int, now: float) -> None:
        task = self.tasks[number]
        self.waiting[task.id] = number
        self.engine.put_task(task)
        self._decide(now)
        if self.taken_by[number] != WAITS:
            return
        if len(self.waiting) > self._room:
            self._drop(number, BLOCKED, 0.0)
        elif self._patience[number] < inf:
            heappush(self._events, (now + self._patience[number], number << 2 | LEAVE))
        if self._watch is not None:
            self._watch(self, now)

    def _decide(self, now: float) -> None:
        waiting = self.waiting
        for decision in self.engine.decide(now):
            self._serve(waiting.pop(decision.task), self._numbers[decision.agents[0]], now)
        due = self.engine.next_due() if waiting else None
        self._due = inf if due is None or due <= now else due

    def _serve(self, number: int, agent: int, now: float) -> None:
        self.engine.took(self.tasks[number].id, self._names[agent], now)
        self.waits[number] = now - self.at[number]
        self.taken_by[number] = agent
        kind = self.kinds[number]
        work = self._work[number] / self.desk.speeds[agent][kind]
        self._hold(agent, self._units[kind], now)
        if self._steady:
            heappush(self._events, (now + work / self.desk.slow[0], number << 2 | FINISH))
        else:
            at = self._sharing.begin(agent, number, work, now)
            heappush(self._events, (at, agent << 2 | TURN))
        if number in self._measured:
            self._open -= 1

    def _turn(self, agent: int, now: float) -> None:
        """Perhaps a task of an agent who divides their time is done."""
        number = self._sharing.end(agent, now)
        if number is None:
            return
        self._finish(number, now)
        at = self._sharing.upcoming(agent, now)
        if at < inf:
            heappush(self._events, (at, agent << 2 | TURN))

    def _finish(self, number: int, now: float) -> None:
        agent, kind = self.taken_by[number], self.kinds[number]
        self._hold(agent, -self._units[kind], now)
        self.engine.freed(self._names[agent], self.desk.queues[kind].id, now)
        self._decide(now)

    def _leave(self, number: int, now: float) -> None:
        if self.taken_by[number] == WAITS:
            self._drop(number, LEFT, now - self.at[number])

    def _drop(self, number: int, outcome: int, waited: float) -> None:
        task = self.tasks[number]
        self.engine.drop_task(task.id)
        del self.waiting[task.id]
        self.taken_by[number], self.waits[number] = outcome, waited
        if number in self._measured:
            self._open -= 1

    def _shift(self, shift: Shift, now: float) -> None:
        facts = self.engine.pool.agents[self._names[shift.agent]]
        idle = now if shift.comes else facts.idle_since
        self.engine.put_agent(replace(facts, online=shift.comes, idle_since=idle))
        self._decide(now)

    def _hold(self, agent: int, units: int, now: float) -> None:
        """Note that an agent holds so many units more, or less."""
        held = self._held[agent]
        if now > self._since[agent]:
            self.busy[agent] += held * (now - self._since[agent])
            self._since[agent] = now
        self._held[agent] = held + units
