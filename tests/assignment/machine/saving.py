"""Whose free slots are kept for a conversation of several units: by looking at everybody.

An emergency, or who has waited five times the target of their queue, and needs several slots has
one agent kept for them: of those who may take it, who has most slots free. Those whose turn is
later are given none of theirs (P7). Where the rule leaves open who it is, this looks at the clear
cases only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tests.assignment.machine.picture import Agent, Talk

if TYPE_CHECKING:
    from tests.assignment.machine.eligible import Eligible

TARGET_S, AGED_TARGETS = 60.0, 5.0
EPS = 1e-6


class Saving:
    """One moment: for whom agents may be kept, or surely were."""

    def __init__(self, now: Eligible) -> None:
        self._now, self._picture = now, now.picture

    def excuses(self, talk: Talk, hands: Collection[Agent]) -> bool:
        """Tell whether free hands beside who waits may all be kept, each for somebody else.

        But not from whom a colleague hands to them.
        """
        savers = self._before(talk)
        if any(hand.id == talk.wanted_agent_id for hand in hands):
            return False
        return len(hands) <= len(savers) and all(
            any(self._perhaps(hand, each, is_alone=len(savers) == 1) for each in savers)
            for hand in hands
        )

    def robbed(self, agent: Agent, talk: Talk) -> Talk | None:
        """Return for whom an agent was surely kept who was asked for somebody else this moment."""
        savers = self._before(talk)
        if talk.wanted_agent_id == agent.id:
            return None
        if len(savers) != 1 or not self._now.turn(savers[0]) < self._now.turn(talk):
            return None
        [saver] = savers
        room = self._free(agent) + self._picture.units(talk)  # whatever else they were given first
        rivals = (
            each
            for each in self._picture.agents.values()
            if each.id != agent.id and self._now.might(each, saver)
        )
        is_sure = self._now.may(agent, saver) and self._could(agent, saver)
        return saver if is_sure and all(self._room(each) < room for each in rivals) else None

    def lets_by(self, agent: Agent, talk: Talk, other: Talk) -> bool:
        """Tell whether somebody perhaps had to let by whom a colleague hands to an agent.

        That agent was about to be kept for a third, whose turn is before both.
        """
        return talk.wanted_agent_id == agent.id and bool(self._before(other))

    def _before(self, talk: Talk) -> list[Talk]:
        """Return who waits, has slots kept, and whose turn is not later."""
        tier, group, value = self._now.turn(talk)
        return [
            each
            for each in self._picture.within("queued")
            if each.id != talk.id
            and self._saves(each)
            and self._now.turn(each) <= (tier, group, value + EPS)
        ]

    def _saves(self, talk: Talk) -> bool:
        queue = self._now.queue_of(talk)
        if queue is None or self._picture.units(talk) == 1:
            return False
        assert talk.queued_at is not None
        waited_s = (self._picture.now - talk.queued_at).total_seconds()
        return talk.emergency or waited_s >= AGED_TARGETS * (queue.target_s or TARGET_S)

    def _perhaps(self, agent: Agent, saver: Talk, *, is_alone: bool) -> bool:
        """Tell whether an agent may be the one who is kept."""
        if not (self._now.might(agent, saver) and self._could(agent, saver)):
            return False
        free = self._free(agent)
        return not is_alone or not any(
            self._now.may(each, saver) and self._could(each, saver) and self._free(each) > free
            for each in self._picture.agents.values()
        )

    def _could(self, agent: Agent, saver: Talk) -> bool:
        """Tell whether an agent would have the room if they held nothing of other queues."""
        queue, held = self._now.queue_of(saver), self._picture.held(agent.id, saver.queue_id)
        most = None if queue is None else queue.per_agent_max
        return self._picture.units(saver) <= agent.capacity and (most is None or len(held) < most)

    def _free(self, agent: Agent) -> int:
        return agent.capacity - self._picture.taken(agent.id)

    def _room(self, agent: Agent) -> int:
        """Return how many slots were free at most, before this moment's offers."""
        slots = self._picture.slots
        old = (each for each in slots if each.taken_at < self._picture.now)
        return agent.capacity - sum(each.agent_id == agent.id for each in old)
