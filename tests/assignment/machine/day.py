"""The state machine: random operations on real services and a real database, checked after each."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from functools import partial
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.assignment.machine.checks import Checks
from tests.assignment.machine.doings import Doings
from tests.assignment.machine.eligible import Eligible
from tests.assignment.machine.host_view import believed
from tests.assignment.machine.picture import Picture, look
from tests.assignment.machine.premises import Premises
from tests.assignment.machine.set_up import SetUp
from tests.assignment.machine.shift import Shift, tries

SOME = st.integers(0, 31)
NODE = st.integers(0, 1)
WHO = st.integers(0, 4)
QUEUE = st.integers(0, 2)
STATUSES = ("available", "available", "available", "busy", "away")
HANDS = ("queue", "queue", "colleague", "asks colleague", "asks colleague", "back", "asks back",
         "asks no more")  # fmt: skip
OVERRULES = ("requeues", "requeues", "joins", "joins", "closes")
EDITS = ("asks_for", "overflows", "limits", "rules", "archives", "rests", "rests", "idles")
TROUBLES = ("dies", "dies", "drains", "stalls", "wires", "mends", "valkey", "untold")
TRAIL = 40
HAPPENED = "SELECT kind, count(*) FROM conversation_event GROUP BY kind"


class Day(RuleBasedStateMachine):
    """A day at the office. Rules take numbers only, so that a day can be lived again."""

    def __init__(self, premises: Premises) -> None:
        super().__init__()
        self._premises, self._stack = premises, AsyncExitStack()
        self._office = premises.move_in(self._stack)
        self._shift = Shift(self._office)
        self._set_up, self._doings = SetUp(self._shift), Doings(self._shift)
        self._checks = Checks(premises.db)
        self._known = self._swept = 0.0
        self._steps = self._quiet = self._idle = self._woken = 0
        self._trail: deque[str] = deque(maxlen=TRAIL)

    @initialize(seed=st.integers(0, 2**16))
    def opens(self, seed: int) -> None:
        """Everybody comes to work."""
        self._run(self._opens(seed))

    # What happens; a number picks what, so that the common is common and the rare is rare

    @rule(number=SOME, at=NODE, queue=QUEUE, more=st.integers(0, 3))
    def customers_arrive(self, number: int, at: int, queue: int, more: int) -> None:
        arrives = self._doings.arrives
        if self._doings.is_full:
            self._next_shift(at)
        self._do(*(partial(arrives, number + each, at, queue + each) for each in range(more + 1)))

    @rule(number=SOME, at=NODE)
    def customer_leaves(self, number: int, at: int) -> None:
        self._do(partial(self._doings.leaves, number, at))

    @rule(who=WHO, at=NODE, status=st.sampled_from(STATUSES))
    def agent_becomes(self, who: int, at: int, status: str) -> None:
        seat, node = self._shift.seat(who), self._shift.node(at)
        self._do(partial(node.statuses.set, seat, status))

    @rule(who=WHO, at=NODE, what=st.sampled_from(["opens", "opens", "reloads", "closes", "leaves"]))
    def agent_comes_or_goes(self, who: int, at: int, what: str) -> None:
        shift = self._shift
        doings = {
            "opens": partial(shift.opens_window, who, at),
            "reloads": partial(shift.reloads, who, at),
            "closes": partial(shift.closes_window, who),
            "leaves": partial(shift.closes_window, who, signs_out=True),
        }
        self._do(doings[what])

    @rule(who=WHO)
    def goes_idle(self, who: int) -> None:
        self._do(partial(self._shift.goes_idle, who))

    @rule(who=WHO)
    def touches(self, who: int) -> None:
        self._do(partial(self._shift.touches, who))

    @rule(number=SOME, at=NODE)
    def agent_accepts(self, number: int, at: int) -> None:
        self._do(partial(self._doings.accepts, number, at))

    @rule(number=SOME, at=NODE)
    def agent_accepts_too_late(self, number: int, at: int) -> None:
        self._do(partial(self._doings.accepts_too_late, number, at))

    @rule(at=NODE)
    def agents_accept_everything(self, at: int) -> None:
        live = len(self._doings.live)
        self._do(*(partial(self._doings.accepts, number, at) for number in range(live)))

    @rule(at=NODE)
    def everybody_is_here_and_available(self, at: int) -> None:
        self._do(partial(self._shift.all_come, at))

    @rule(at=NODE)
    def everything_in_hand_is_done(self, at: int) -> None:
        self._do(partial(self._doings.ends_all, at))

    @rule(number=SOME, at=NODE)
    def agent_declines(self, number: int, at: int) -> None:
        self._do(partial(self._doings.declines, number, at))

    @rule(number=SOME, who=WHO, at=NODE)
    def agent_picks(self, number: int, who: int, at: int) -> None:
        self._do(partial(self._doings.picks, number, who, at))

    @rule(number=SOME, at=NODE, what=st.sampled_from(["closes", "closes", "finishes", "resumes"]))
    def agent_ends_a_talk(self, number: int, at: int, what: str) -> None:
        self._do(partial(getattr(self._doings, what), number, at))

    @rule(number=SOME, who=st.sampled_from(["agent", "agents", "agents", "customer"]))
    def somebody_speaks(self, number: int, who: str) -> None:
        self._do(partial(self._doings.speaks, number, who))

    @rule(number=SOME, who=WHO, at=NODE, what=st.sampled_from(HANDS))
    def agent_hands_over(self, number: int, who: int, at: int, what: str) -> None:
        doings, asks = self._doings, what.startswith("asks")
        if what == "queue":
            self._do(partial(doings.hands_to_queue, number, who, at))
        elif what == "asks no more":
            self._do(partial(doings.asks_no_more, number, at))
        elif what.endswith("back"):
            self._do(partial(doings.hands_back, number, at, asks=asks))
        else:
            self._do(partial(doings.hands_to, number, who, at, asks=asks))

    @rule(number=SOME, who=WHO, priority=st.integers(0, 9), at=NODE)
    def supervisor_steps_in(self, number: int, who: int, priority: int, at: int) -> None:
        if priority % 2:
            self._do(partial(self._doings.assigns, number, who, at))
        else:
            self._do(partial(self._doings.prioritizes, number, priority + number % 2, at))

    @rule(number=SOME, who=WHO, at=NODE, what=st.sampled_from(OVERRULES))
    def supervisor_overrules(self, number: int, who: int, at: int, what: str) -> None:
        doings = {
            "requeues": partial(self._doings.requeues, number, who, at),
            "joins": partial(self._doings.joins_and_speaks, number, at),
            "closes": partial(self._doings.closes_over_heads, number, at),
        }
        self._do(doings[what])

    @rule(who=WHO, number=SOME, at=NODE, what=st.integers(0, 4))
    def agent_is_edited(self, who: int, number: int, at: int, what: int) -> None:
        if what < 2:
            self._do(partial(self._set_up.sets_capacity, who, 1 + number % 4, at))
        elif what < 4:
            self._do(partial(self._set_up.sets_skills, who, number, at))
        else:
            self._do(partial(self._set_up.takes_out, who, at))

    @rule(queue=QUEUE, number=st.integers(0, 62), at=NODE, what=st.sampled_from(EDITS))
    def queue_is_edited(self, queue: int, number: int, at: int, what: str) -> None:
        self._do(partial(getattr(self._set_up, what), queue, number, at))

    @rule(number=SOME, who=WHO, at=NODE, what=st.integers(0, 3))
    def things_happen_at_the_same_moment(self, number: int, who: int, at: int, what: int) -> None:
        doings = self._doings
        accepts = partial(doings.accepts, number, at)
        others: tuple[Callable[[], Awaitable[object]], ...] = (
            partial(doings.accepts, number, 1 - at),
            partial(doings.leaves, number, 1 - at),
            partial(doings.picks, number, who, 1 - at),
            partial(doings.assigns, number, who, 1 - at),
        )
        arrives = partial(doings.arrives, number, at, who)
        self._at_once(arrives, accepts, others[what], self._shift.turn)

    @rule(seconds=st.sampled_from([0.2, 1.0, 3.0, 6.0, 12.0, 31.0]), number=SOME, queue=QUEUE)
    def time_passes_and_somebody_comes(self, seconds: float, number: int, queue: int) -> None:
        self._do(
            partial(self._shift.passes, seconds), partial(self._doings.arrives, number, 1, queue)
        )

    @rule(at=NODE, number=SOME, what=st.sampled_from(TROUBLES))
    def something_fails(self, at: int, number: int, what: str) -> None:
        shift = self._shift
        doings = {
            "dies": partial(shift.dies, at, number),
            "drains": partial(shift.hands_on, at),
            "stalls": partial(shift.stalls, at),
            "wires": partial(shift.cuts, is_cut=True),
            "mends": partial(shift.cuts, is_cut=False),
            "valkey": shift.valkey_forgets,
            "untold": partial(self._doings.arrives, number, at, number, is_untold=True),
        }
        self._do(doings[what])

    @rule()
    def everything_calms_down(self) -> None:
        self._do(self._shift.calms_down, is_calm=True)

    @property
    def live_offers(self) -> int:
        """How many offers and questions are open."""
        return len(self._doings.live)

    @property
    def quiet_talks(self) -> int:
        """How many conversations in hand are quiet."""
        picture = self._doings.picture
        return 0 if picture is None else sum(t.is_quiet for t in picture.within("active"))

    def teardown(self) -> None:
        """Let things calm down and look at everything once more."""
        if self._doings.picture is not None and not self._is_broken:
            self._do(self._shift.calms_down, is_calm=True)
            self._run(self._checks.whole())
            self._run(self._tally())
        self._premises.run(self._stack.aclose())

    def _next_shift(self, at: int) -> None:
        """When nobody could come any more: all is done, and everybody is there again."""
        self._do(partial(self._doings.ends_all, at))
        self._do(partial(self._shift.all_come, at))

    # How

    _is_broken = False

    def _run(self, doing: Awaitable[None]) -> None:
        try:
            self._premises.run(doing)
        except BaseException as error:
            self._is_broken = True
            error.add_note("before that:\n  " + "\n  ".join(self._trail))
            raise

    def _do(self, *doings: Callable[[], Awaitable[object]], is_calm: bool = False) -> None:
        self._trail.append(", ".join(_said(doing) for doing in doings))
        self._run(self._step(lambda: tries(*doings), is_calm=is_calm))

    def _at_once(self, *doings: Callable[[], Awaitable[object]]) -> None:
        self._trail.append(" | ".join(_said(doing) for doing in doings))

        async def together() -> None:
            await asyncio.gather(*(tries(doing) for doing in doings))

        self._run(self._step(together, is_mixed=True))

    async def _opens(self, seed: int) -> None:
        self._trail.append(f"opens {seed}")
        await self._set_up.opens(seed)
        await self._shift.turn()
        self._doings.picture = await self._look()

    async def _step(
        self,
        do: Callable[[], Awaitable[None]],
        *,
        is_calm: bool = False,
        is_mixed: bool = False,
    ) -> None:
        before = self._doings.picture
        assert before is not None
        self._steps += 1
        were_here = self._shift.here()
        await do()
        await self._shift.turn()
        after = self._doings.picture = await self._look(before)
        over = [talk for talk in after.within("closed") if talk.id in before.talks]
        self._doings.gone += [talk.visitor_id for talk in over]
        self._office.ears.heard.clear()
        await self._checks.after_each_step(before, after)
        touched, self._shift.touched = self._shift.touched, set()
        assert not any(after.agents[each].is_idle for each in touched), "idle, and touched (B21)"
        self._idle += sum(each.is_idle for each in after.agents.values())
        self._woken += sum(before.agents[each].is_idle for each in touched)
        if is_calm:
            self._known, self._swept = self._shift.unknown, self._shift.swept
        if self._known == self._shift.unknown:
            assert self._shift.swept == self._swept, "a sweep found what nobody had told"
            self._is_quiet(before, after, were_here, is_mixed=is_mixed)

    def _is_quiet(
        self, before: Picture, after: Picture, were_here: Collection[UUID], *, is_mixed: bool
    ) -> None:
        """Everything is known to the host, if there is one: check what it has made of it.

        When several things happened at the same moment, whoever has lost something may have been
        given something else before they did.
        """
        if self._shift.is_hosted:
            self._quiet += 1
            was = before.agents
            steady = {each for each in were_here if was[each] == after.agents[each]}
            now = Eligible(after, self._shift.here(), self._shift.perhaps_here(), steady)
            beside = now.beside()
            assert not beside, ("P5", beside, believed(self._shift.nodes, beside))
            self._checks.who_is_quiet_takes_no_room(before, after)
            but = _losers(before, after) if is_mixed else set[UUID]()
            self._checks.offers_are_right(before, after, now, but)

    async def _tally(self) -> None:
        """Count what has happened, so that one can see that enough did."""
        counted = await self._premises.db.fetch(HAPPENED)
        self._premises.happened.update({row["kind"]: row["count"] for row in counted})
        steps = {"steps": self._steps, "quiet": self._quiet, "decisions": self._checks.decisions}
        steps |= {"idle": self._idle, "woken": self._woken}
        self._premises.happened.update(steps | {"swept": int(self._shift.swept)})
        print(f"A day of {self._steps} steps is over; {self._premises.happened['steps']} in all.")

    async def _look(self, before: Picture | None = None) -> Picture:
        talks = () if before is None else before.talks.values()
        were_open = [talk.id for talk in talks if talk.state != "closed"]
        return await look(self._premises.db, self._office.clock.now(), were_open)


def _losers(before: Picture, after: Picture) -> set[UUID]:
    """Return the agents who hold less than they did of what was theirs."""
    still = {(slot.agent_id, slot.conversation_id) for slot in after.slots}
    was = {(slot.agent_id, slot.conversation_id) for slot in before.slots}
    return {agent_id for agent_id, _ in was - still}


def _said(doing: Callable[[], Awaitable[object]]) -> str:
    if isinstance(doing, partial):
        return f"{doing.func.__name__} {doing.args} {doing.keywords or ''}".strip()
    return getattr(doing, "__name__", repr(doing))
