"""What administration does to a shop while it is open."""

from functools import partial

from server.protocol.setup.queues import OverflowGiven, QueuePatch, QueueSkillGiven
from server.services.admin.departure import Departure
from server.services.admin.queues import QueuesAdmin
from server.services.seats import AgentSeat
from storage.agents import AgentChanges
from storage.offers import Offers
from storage.people import QueueRow
from storage.shops import ShopChanges
from tests.assignment.machine.shift import IDLE_S, Shift, tries

SKILLS = ("tax", "fr")
LANGUAGES = ("lang:de", "lang:zh")
POLICIES = (
    "min_cost", "least_loaded", "longest_idle", "round_robin", "least_flexible", "fastest_first",
    "random",
)  # fmt: skip
AGENTS = 5
PLAIN_SEEDS = 256
"""With a smaller seed nothing is asked for at first, and nobody helps."""


class SetUp:
    """Sets the shop up, and changes it."""

    def __init__(self, shift: Shift) -> None:
        self._shift, self._office = shift, shift.office
        self._skills: dict[str, str] = {}

    async def opens(self, seed: int) -> None:
        """Make skills, queues and agents, who are there and available."""
        office = self._office
        for key in SKILLS + LANGUAGES:
            kind = "language" if key in LANGUAGES else "skill"
            made = await office.stores.skills.create(office.shop.id, key, key, kind)
            self._skills[key] = str(made.id)
        for key in ("billing", "returns"):
            await office.new_queue(key)
        if seed % 2:
            lost = ShopChanges(lost_agent="requeue", lost_agent_s=10)
            await office.stores.shops.update(office.shop.id, lost)
        await self.idles(0, seed, 0)
        for number in range(AGENTS):
            levels = {key: self._level(seed, number, key) for key in self._skills}
            seat = await office.agent(
                f"agent{number}",
                capacity=1 + (seed >> number) % 2,
                skills={key: level for key, level in levels.items() if level},
                is_here=False,
                node=self._shift.node(number),
            )
            self._shift.seats.append(seat)
            await self._shift.opens_window(number, number)
        for queue in range(3):  # else it would be rare
            await self.rests(queue, hash_of(seed, "rests", queue), 0)
        if seed >= PLAIN_SEEDS:
            for queue, number in enumerate(hash_of(seed, each) % 63 for each in range(3)):
                asks, helped = self.asks_for, self.overflows
                await tries(partial(asks, queue, number, 0), partial(helped, queue, number, 0))

    # Agents

    async def sets_capacity(self, who: int, capacity: int, at: int) -> None:
        """An agent may hold more, or less."""
        await self._change(who, at, capacity=capacity)

    async def sets_skills(self, who: int, levels: int, at: int) -> None:
        """An agent has learned something, or forgotten it."""
        known = {key: self._level(levels, who, key) for key in self._skills}
        skills = await self._office.stores.skills.of_shop(self._office.shop.id)
        await self._change(
            who, at, skills={each.id: known[each.key] for each in skills if known[each.key]}
        )

    async def takes_out(self, who: int, at: int) -> None:
        """An agent leaves the service of the shop, and is taken back in."""
        seat, node = self._shift.seat(who), self._shift.node(at)
        row = await self._office.stores.agents.get(seat.agent_id)
        assert row is not None
        if row.deactivated_at is not None:
            await self._change(who, at, deactivated_at=None)
            return
        departure = Departure(
            self._office.stores,
            Offers(self._office.db),
            node.announce,
            node.pokes,
            self._office.clock,
        )
        await departure.begin(row)
        await departure.hand_back(row)

    # Queues

    async def asks_for(self, queue: int, number: int, at: int) -> None:
        """A queue requires a skill, or nothing any more; less of it after a while."""
        key = list(self._skills)[number % len(self._skills)]
        level = (0, 0, 1, 3, 5)[number % 5]
        steps = [(20, level - 1)] if level > 1 else []
        needs = [QueueSkillGiven(skill=self._skills[key], level=level or 1, steps=steps)]
        await self._patch(queue, at, QueuePatch(skills=needs if level else []))

    async def overflows(self, queue: int, number: int, at: int) -> None:
        """Others help a queue after a while, or at once while nobody is there."""
        rows, after_s = await self._queues(), 1 + number // 2 % 30
        given = [
            OverflowGiven(
                queue=str(rows[number % len(rows)].id),
                after_s=after_s,
                skip_if_empty=number % 4 > 0,
            )
        ]
        await self._patch(queue, at, QueuePatch(overflow=given if number % 5 else []))

    async def limits(self, queue: int, number: int, at: int) -> None:
        """A queue takes more of an agent, lets them hold fewer, or asks several at once."""
        patch = QueuePatch(
            units=1 + number % 2,
            per_agent_max=(None, 1, 2)[number // 2 % 3],
            offers_at_once=1 + number // 6 % 3,
            length_max=(None, 3)[number // 18 % 2],
            wait_max_s=(None, None, 15)[number // 18 % 3],
        )
        await self._patch(queue, at, patch)

    async def rules(self, queue: int, number: int, at: int) -> None:
        """A queue is more urgent, decides by another rule, or accepts by itself."""
        patch = QueuePatch(
            policy=POLICIES[number % len(POLICIES)],
            priority=number // 7 % 3,
            target_s=(None, None, 30)[number // 21 % 3],
            auto_accept=number % 5 == 0,
            offer_timeout_s=(5, 30)[number % 2],
            sticky_s=(0, 20)[number // 2 % 2],
            wrap_up_s=(0, 10)[number // 3 % 2],
        )
        await self._patch(queue, at, patch)

    async def rests(self, queue: int, number: int, at: int) -> None:
        """Conversations of a queue give their room back once they are quiet, or never."""
        await self._patch(queue, at, QueuePatch(quiet_after_s=(5, 10, 20, None)[number % 4]))

    async def idles(self, _: int, number: int, at: int) -> None:
        """The shop offers nothing to who touches nothing, or does so again."""
        rule = ShopChanges(idle_after_s=None if number % 4 == 3 else IDLE_S)
        await self._office.stores.shops.update(self._office.shop.id, rule)
        self._shift.node(at).pokes.shop_touched(self._office.shop.id)

    async def archives(self, queue: int, _: int, at: int) -> None:
        """A queue goes out of use, or comes back into it."""
        rows = await self._queues(archived=True)
        row = rows[queue % len(rows)]
        await self._admin(at).update(
            self._lead(), row.id, QueuePatch(archived=row.archived_at is None)
        )

    async def _patch(self, queue: int, at: int, patch: QueuePatch) -> None:
        rows = await self._queues()
        await self._admin(at).update(self._lead(), rows[queue % len(rows)].id, patch)

    async def _queues(self, *, archived: bool = False) -> list[QueueRow]:
        return await self._office.stores.queues.of_shop(self._office.shop.id, archived)

    def _admin(self, at: int) -> QueuesAdmin:
        pokes = self._shift.node(at).pokes
        return QueuesAdmin(self._office.stores.queues, pokes, self._office.clock)

    async def _change(self, who: int, at: int, **changes: object) -> None:
        seat = self._shift.seat(who)
        changed = AgentChanges(**changes)  # pyright: ignore[reportArgumentType]
        await self._office.stores.agents.update(seat.shop_id, seat.agent_id, changed)
        self._shift.node(at).pokes.agent_touched(seat.shop_id, seat.agent_id)

    def _lead(self) -> AgentSeat:
        seat = self._shift.seats[0]
        return AgentSeat(seat.agent_id, seat.shop_id, seat.name, "supervisor")

    @staticmethod
    def _level(levels: int, who: int, key: str) -> int:
        """Return a level, mostly 0 or 3, that is a function of numbers."""
        drawn = hash_of(levels, who, key) % 8
        return 0 if drawn < 3 else (1, 3, 3, 5, 5)[drawn - 3]


def hash_of(*parts: object) -> int:
    """Return the same number for the same parts, in every process."""
    number = 7
    for letter in repr(parts).encode():
        number = (number * 131 + letter) % 1_000_003
    return number
