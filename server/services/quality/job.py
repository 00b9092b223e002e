"""Keeps judging what has ended or was rated. Any node may do it, one does."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import CollectorRegistry, Counter

from server.reports.facts import facts_of
from server.services.clock import Clock
from server.services.quality.sampling import Part, chosen_by, weeks_due
from storage.errors import AnotherNode, StorageUnavailable
from storage.quality.judging import Weekly
from storage.quality.rows import Chosen, RuleRow
from storage.reports.rows import LegRow, Story

PAUSE_S = 2.0
AT_ONCE = 200
"""Notes of one step."""

log = structlog.stdlib.get_logger()


class Step(Protocol):
    """What can be done while nobody else judges."""

    async def due(self, notes_max: int, /) -> tuple[list[UUID], bool]:
        """Take conversations that ended or were rated off the list; tell of more."""
        ...

    async def stories(self, conversations: Sequence[UUID], /) -> list[Story]:
        """Return what is known of conversations."""
        ...

    async def tags(self, conversations: Sequence[UUID], /) -> dict[UUID, set[UUID]]:
        """Return which tags they bear."""
        ...

    async def rules(self, shops: Iterable[UUID], /) -> list[RuleRow]:
        """Return the rules of shops."""
        ...

    async def weekly(self) -> list[Weekly]:
        """Return the rules that draw by the week."""
        ...

    async def choose(self, chosen: Sequence[Chosen], now: datetime, /) -> int:
        """Let parts be reviewed; return how many are new."""
        ...

    async def draw(self, rule: RuleRow, week: tuple[datetime, datetime], now: datetime, /) -> int:
        """Draw from a week; return how many are new."""
        ...

    async def follow_up(self, conversations: Sequence[UUID], now: datetime, /) -> int:
        """Let somebody see to those who rated low; return how many are new."""
        ...


class Judging(Protocol):
    """Where it is judged."""

    def step(self) -> AbstractAsyncContextManager[Step]:
        """Do what is done within, all or nothing."""
        ...


class JudgeMetrics:
    """What was found, in the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.chosen = Counter(
            "kefu_quality_chosen", "Parts of conversations that rules chose.", registry=registry
        )
        self.followed_up = Counter(
            "kefu_quality_followed_up", "Low ratings that somebody is to see to.", registry=registry
        )


class Judge:
    """The job that finds what is to be reviewed, and who is to be seen to."""

    def __init__(
        self, judging: Judging, clock: Clock, metrics: JudgeMetrics, at_once: int = AT_ONCE
    ) -> None:
        self._judging, self._clock, self._metrics = judging, clock, metrics
        self._at_once = at_once

    async def run(self) -> None:
        """Judge what is due. A job: it never returns."""
        while True:
            if not await self.turn():
                await asyncio.sleep(PAUSE_S)

    async def turn(self) -> bool:
        """Judge some of what is due; return whether there is more."""
        try:
            async with self._judging.step() as step:
                found, has_more = await step.due(self._at_once)
                if found:
                    await self._judge(step, found)
                if not has_more:
                    await self._draw(step)
        except AnotherNode:
            return False
        except StorageUnavailable:
            log.warning("quality_not_judged")
            return False
        except Exception:  # job boundary: what nobody judges is no reason to serve nobody
            log.exception("quality_not_judged")
            return False
        return has_more

    async def _judge(self, step: Step, conversations: Sequence[UUID]) -> None:
        now = self._clock.now()
        self._metrics.followed_up.inc(await step.follow_up(conversations, now))
        stories = [each for each in await step.stories(conversations) if each.state == "closed"]
        rules = await step.rules({each.shop_id for each in stories})
        if not rules:
            return
        tags = await step.tags([each.conversation_id for each in stories])
        parts = [
            part
            for story in stories
            for part in _judged(story, frozenset(tags.get(story.conversation_id, ())))
        ]
        chosen = [each for part in parts if (each := chosen_by(rules, part)) is not None]
        self._metrics.chosen.inc(await step.choose(chosen, now))

    async def _draw(self, step: Step) -> None:
        now = self._clock.now()
        for each in await step.weekly():
            rule = each.rule
            for week in weeks_due(rule.since, rule.weeks_done, now, ZoneInfo(each.time_zone)):
                self._metrics.chosen.inc(await step.draw(rule, week, now))


def _judged(story: Story, tags: frozenset[UUID]) -> list[Part]:
    """Return the parts of a conversation; none, and a word in the log, where that fails."""
    try:
        return parts_of(story, tags)
    except Exception:  # job boundary: one conversation is no reason to judge no other
        log.exception("conversation_not_judged", conversation=str(story.conversation_id))
        return []


def parts_of(story: Story, tags: frozenset[UUID]) -> list[Part]:
    """Return the parts of a conversation that has ended: each agent's stretches together."""
    facts = facts_of(story, lambda _queue, _since, _until: 0)
    by_agent: dict[UUID, list[LegRow]] = {}
    for leg in facts.legs:
        if leg.ended_at is not None:
            by_agent.setdefault(leg.agent_id, []).append(leg)
    return [
        Part(
            conversation_id=story.conversation_id,
            agent_id=agent_id,
            shop_id=story.shop_id,
            queue_ids=frozenset(leg.queue_id for leg in legs if leg.queue_id is not None),
            ended_at=max(leg.ended_at for leg in legs if leg.ended_at is not None),
            handle_s=sum(leg.handle_ms or 0 for leg in legs) / 1000,
            score=story.score,
            is_last=any(leg.is_last for leg in legs),
            handed_on=any(leg.ending == "transferred" for leg in legs),
            transfers=facts.fact.transfers,
            reopened=facts.fact.reopened,
            tags=tags,
        )
        for agent_id, legs in by_agent.items()
    ]
