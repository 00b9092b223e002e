"""What a variant would overwrite: things that were changed since it was asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast
from uuid import UUID

from msgspec import UNSET

from server.protocol.errors import Detail, Overtaken
from server.protocol.simulations import AgentTried, AgentWas, QueueTried, QueueWas, Variant, Was
from server.services.ids import uuid_of
from storage.agents import Agents
from storage.people import AgentRow, QueueRow
from storage.queues import Queues

OF_QUEUE = ("policy", "target_s", "priority", "weight")
Item = dict[str, Detail]


async def as_it_is(
    agents: Agents, queues: Queues, shop_id: UUID, variants: Sequence[Variant]
) -> Was:
    """Return what the variants touch, as it is now."""
    tried = {each.agent for variant in variants for each in variant.agents}
    named = {each.queue for variant in variants for each in variant.queues}
    people = await agents.get_many([uuid_of(each) for each in tried])
    lines = await queues.of_shop(shop_id, archived=True) if named else []
    return Was(
        agents={str(row.id): _agent(row) for row in people.values() if row.shop_id == shop_id},
        queues={str(row.id): _queue(row) for row in lines if str(row.id) in named},
    )


def refuse_overtaken(variant: Variant, was: Was, now: Was) -> None:
    """Raise Overtaken when the variant would overwrite what was changed meanwhile."""
    found = [*_of_agents(variant.agents, was, now), *_of_queues(variant.queues, was, now)]
    if found:
        raise Overtaken(found)


def _of_agents(tried: Iterable[AgentTried], was: Was, now: Was) -> Iterator[Item]:
    for each in tried:
        before, after = was.agents.get(each.agent), now.agents.get(each.agent)
        if each.absent or before is None or after is None:
            continue
        if each.capacity not in {UNSET, after.capacity} and before.capacity != after.capacity:
            yield _item(before.capacity, after.capacity, agent=each.agent, field="capacity")
        if each.skills is not UNSET:
            yield from _of_skills(each.agent, each.skills, before.skills, after.skills)


def _of_skills(
    agent: str, tried: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[Item]:
    for skill in sorted({*before, *after}):
        level = after.get(skill, 0)
        if before.get(skill, 0) != level != tried.get(skill, 0):
            yield _item(before.get(skill, 0), level, agent=agent, field="skills", skill=skill)


def _of_queues(tried: Iterable[QueueTried], was: Was, now: Was) -> Iterator[Item]:
    for each in tried:
        before, after = was.queues.get(each.queue), now.queues.get(each.queue)
        if before is None or after is None:
            continue
        for field in OF_QUEUE:
            then, present, wanted = (getattr(one, field) for one in (before, after, each))
            if wanted not in {UNSET, present} and then != present:
                yield _item(
                    cast("Detail", then), cast("Detail", present), queue=each.queue, field=field
                )


def _item(was: Detail, now: Detail, **which: str) -> Item:
    return {**which, "was": was, "now": now}


def _agent(row: AgentRow) -> AgentWas:
    return AgentWas(
        capacity=row.capacity, skills={str(skill): level for skill, level in row.skills.items()}
    )


def _queue(row: QueueRow) -> QueueWas:
    return QueueWas(
        policy=row.policy, priority=row.priority, weight=row.weight, target_s=row.target_s
    )
