"""Who may take whom, and whose turn it is: by looking at everybody, from the database and presence.

Where the rules leave open which of several waits for one agent alone, this looks at the clear cases
only: it may find too few pairs, never a wrong one.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from tests.assignment.machine.picture import Agent, Picture, Queue, Talk
from tests.assignment.machine.saving import Saving

REFUSED = timedelta(seconds=60)
STEP_S, BOOST_S, TARGET_S, AGED_TARGETS = 60.0, 30.0, 60.0, 5.0

Turn = tuple[int, int, float]


class Eligible:
    """One moment. ``here`` are surely connected, ``perhaps`` those who may still count as such.

    ``steady`` are those of whom nothing has changed since the moment before.
    """

    def __init__(
        self,
        picture: Picture,
        here: Collection[UUID],
        perhaps: Collection[UUID],
        steady: Collection[UUID] = (),
    ) -> None:
        self.picture, self._here = picture, here
        self.saving = Saving(self)
        self._perhaps = set(perhaps) | set(here)
        ready = [each for each in picture.agents.values() if each.is_ready]
        self._surely_ready = [each for each in ready if each.id in here and each.id in steady]
        self._perhaps_ready = [each for each in ready if each.id in self._perhaps]

    def beside(self) -> list[tuple[Talk, Agent]]:
        """Return who waits beside a free hand that is not kept for somebody else (P5, P7)."""
        found: list[tuple[Talk, Agent]] = []
        for talk in self.picture.within("queued"):
            hands = [
                agent
                for agent in self.picture.agents.values()
                if self.may(agent, talk) and self.has_room(agent, talk)
            ]
            if hands and not self.saving.excuses(talk, hands):
                found += [(talk, agent) for agent in hands]
        return found

    def may(self, agent: Agent, talk: Talk) -> bool:
        """Tell whether an agent surely may take somebody, room aside."""
        if not agent.is_ready or agent.id not in self._here or self._is_kept(agent, talk):
            return False
        favourite = talk.wanted_agent_id or talk.last_agent_id
        if favourite != agent.id and self._may_wait_for(favourite, talk):
            return False
        return talk.wanted_agent_id == agent.id or self._is_able(agent, talk, self._perhaps_ready)

    def might(self, agent: Agent, talk: Talk) -> bool:
        """Tell whether an agent possibly may take somebody, room aside."""
        if agent not in self._perhaps_ready or self._is_kept(agent, talk):
            return False
        if talk.wanted_agent_id == agent.id:
            return True
        return self._is_able(agent, talk, self._surely_ready)

    def has_room(self, agent: Agent, talk: Talk, without: Talk | None = None) -> bool:
        """Tell whether there are slots enough, perhaps if another were not there."""
        picture, queue = self.picture, self.queue_of(talk)
        taken, held = picture.taken(agent.id), picture.held(agent.id, talk.queue_id)
        if without is not None:
            taken -= sum(
                slot.agent_id == agent.id and slot.conversation_id == without.id
                for slot in picture.slots
            )
            held -= {without.id}
        most = None if queue is None else queue.per_agent_max
        return taken + picture.units(talk) <= agent.capacity and (most is None or len(held) < most)

    def turn(self, talk: Talk) -> Turn:
        """Return whose turn it is: the smaller goes first."""
        queue = self.queue_of(talk)
        assert talk.queued_at is not None
        waited_s = (self.picture.now - talk.queued_at).total_seconds()
        targets = [each.target_s for each in self.picture.queues.values() if not each.is_archived]
        target_s = (queue.target_s if queue else None) or TARGET_S
        tier = 0 if talk.emergency else 1
        if any(targets) and waited_s >= AGED_TARGETS * target_s:
            return (tier, 0, -waited_s)
        steps = talk.priority + (queue.priority if queue else 0)
        bounced = sum(
            how in {"declined", "timed_out"} for _, how, _ in self.picture.refusals[talk.id]
        )
        waited_s += STEP_S * steps + BOOST_S * bounced
        return (tier, 1, -waited_s * (queue.weight if queue else 1.0) / target_s)

    def queue_of(self, talk: Talk) -> Queue | None:
        """Return the queue, if it is in use: in none anybody may help."""
        queue = self.picture.queues.get(talk.queue_id) if talk.queue_id else None
        return None if queue is None or queue.is_archived else queue

    def _is_kept(self, agent: Agent, talk: Talk) -> bool:
        """Tell whether they declined, missed or handed it on a short time ago."""
        if talk.wanted_agent_id == agent.id:
            return False
        return any(
            who == agent.id and at + REFUSED > self.picture.now
            for who, _, at in self.picture.refusals[talk.id]
        )

    def _is_able(self, agent: Agent, talk: Talk, ready: Collection[Agent]) -> bool:
        """Tell whether somebody has what is asked for at this age, in the queue or a helping one.

        ``ready`` are those for whose sake others need not help at once.
        """
        queue = self.queue_of(talk)
        if queue is None:
            return True
        assert talk.queued_at is not None
        age_s = (self.picture.now - talk.queued_at).total_seconds()
        rings = self._rings(queue)
        is_open = [needs for after_s, needs, _ in rings if after_s <= age_s]
        for _, needs, skips in rings[len(is_open) :]:
            is_served = any(_covers(each, some) for each in ready for some in is_open)
            if is_served or not skips:
                break
            is_open.append(needs)
        return any(_covers(agent, needs) for needs in is_open)

    def _may_wait_for(self, favourite: UUID | None, talk: Talk) -> bool:
        """Tell whether somebody perhaps waits for one agent alone."""
        queue, agent = (
            self.queue_of(talk),
            self.picture.agents.get(favourite) if favourite else None,
        )
        if queue is None or agent is None or talk.last_agent_id is None:
            return False
        assert talk.queued_at is not None
        is_over = talk.queued_at + timedelta(seconds=queue.sticky_s) <= self.picture.now
        is_let_in = talk.wanted_agent_id == agent.id or self._is_able(agent, talk, ())
        return not is_over and is_let_in and agent in self._perhaps_ready

    def _rings(self, queue: Queue) -> list[tuple[int, dict[str, int], bool]]:
        """Return (age in seconds, what is asked, whether it opens early), in order.

        Less is asked for at once, too, before others help at once (B11).
        """
        helps = [
            (after_s, _asked(self.picture.queues[other_id], 0), skips)
            for other_id, after_s, skips in queue.overflow
            if other_id in self.picture.queues and not self.picture.queues[other_id].is_archived
        ]
        helped_s = max((after_s for after_s, _, skips in helps if skips), default=0)
        ages = {0} | {after_s for need in queue.needs for after_s, _ in need.steps}
        rings = [((age, 0), _asked(queue, age), 0 < age <= helped_s) for age in ages]
        rings += [((after_s, 1), needs, skips) for after_s, needs, skips in helps]
        return [(key[0], needs, skips) for key, needs, skips in sorted(rings, key=lambda r: r[0])]


def _asked(queue: Queue, age_s: int) -> dict[str, int]:
    asked: dict[str, int] = {}
    for need in queue.needs:
        level = need.level
        for after_s, lower in need.steps:
            level = lower if after_s <= age_s else level
        if (need.required or need.steps) and level:
            asked[need.key] = level
    return asked


def _covers(agent: Agent, needs: dict[str, int]) -> bool:
    return all(agent.skills.get(key, 0) >= level for key, level in needs.items())
