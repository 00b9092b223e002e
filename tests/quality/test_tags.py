"""Tags: one list a shop, put on by anybody who works there, found again."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from server.protocol.errors import Forbidden, NotFound
from server.protocol.tags import ConversationTags, NewTag, TagPatch
from storage.errors import Duplicate, Missing
from storage.quality.tags import Tags as Store
from tests.quality.assessors import Assessors


async def test_anybody_tags_a_conversation_and_it_is_found_by_it(assessors: Assessors) -> None:
    refund = await assessors.tags.create(assessors.lea, NewTag(name="Refund"))
    bug = await assessors.tags.create(assessors.lea, NewTag(name="Bug"))
    rows = [await assessors.talk(assessors.ann) for _ in range(3)]
    for row in rows:
        await assessors.tags.put(assessors.ann, row.id, ConversationTags(add=[refund.id]))
    both = ConversationTags(add=[bug.id, refund.id])
    bears = await assessors.tags.put(assessors.bob, rows[0].id, both)
    assert [tag.name for tag in bears.items] == ["Bug", "Refund"]
    bears = await assessors.tags.put(
        assessors.bob, rows[1].id, ConversationTags(remove=[refund.id])
    )
    assert bears.items == []

    of = assessors.floor.shop.id, UUID(refund.id)
    store = Store(assessors.floor.db)
    first = await store.bearing(of, None, 1, closed=True)
    assert [row.id for row in first] == [rows[2].id]
    rest = await store.bearing(of, first[-1].id, 10, closed=True)
    assert [row.id for row in rest] == [rows[0].id]
    assert await store.bearing((uuid4(), of[1]), None, 10, closed=False) == []


async def test_the_list_is_kept_by_those_who_lead(assessors: Assessors) -> None:
    refund = await assessors.tags.create(assessors.lea, NewTag(name="Refund"))
    row = await assessors.talk(assessors.ann)
    with pytest.raises(Duplicate):
        await assessors.tags.create(assessors.lea, NewTag(name=" refund "))
    with pytest.raises(Forbidden):
        await assessors.tags.create(assessors.ann, NewTag(name="Mine"))
    spy = replace(assessors.lea, shop_id=uuid4())
    with pytest.raises(NotFound):
        await assessors.tags.change(spy, UUID(refund.id), TagPatch(name="Theirs"))
    with pytest.raises(NotFound):
        await assessors.tags.of_conversation(spy, row.id)
    with pytest.raises(Missing):
        await assessors.tags.put(assessors.ann, row.id, ConversationTags(add=[str(uuid4())]))

    await assessors.tags.put(assessors.ann, row.id, ConversationTags(add=[refund.id]))
    gone = await assessors.tags.change(assessors.lea, UUID(refund.id), TagPatch(archived=True))
    assert gone.archived
    assert (await assessors.tags.of_conversation(assessors.ann, row.id)).items == [gone]
    other = await assessors.talk(assessors.ann)
    bears = await assessors.tags.put(assessors.ann, other.id, ConversationTags(add=[refund.id]))
    assert bears.items == [], "what is archived is put on nothing new"
