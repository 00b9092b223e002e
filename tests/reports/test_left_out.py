"""A conversation whose facts cannot be derived keeps what is kept of it, and keeps up no other."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.reports import job
from server.reports.facts import OpenMs, facts_of
from storage.reports import keeping
from storage.reports.rows import Facts, Story
from tests.reports.books import Books
from tests.storage.floor import Floor, at


def except_of(conversation_id: UUID) -> object:
    """Return what derives the facts of all conversations but one."""

    def derive(story: Story, open_ms: OpenMs) -> Facts:
        if story.conversation_id == conversation_id:
            raise ValueError("nobody foresaw this")
        return facts_of(story, open_ms)

    return derive


async def test_what_cannot_be_counted_keeps_its_facts_and_is_told(
    floor: Floor, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = await floor.agent("Lin")
    odd, fine = await floor.answered(lin, 10), await floor.answered(lin, 20)
    before = {row.id: await books.of(row) for row in (odd, fine)}
    assert all(each.legs and each.offers for each in before.values())

    with monkeypatch.context() as broken:
        broken.setattr(job, "facts_of", except_of(odd.id))
        for row in (odd, fine):
            await floor.transitions.close(row.id, lin, "solved", at(60))
            await floor.transitions.finish(row.id, None, None, at(70))
        await books.job.catch_up()

        kept = await keeping.kept(floor.db, [odd.id, fine.id])
        assert kept[odd.id] == before[odd.id]
        assert kept[fine.id].fact.is_over
        assert books.value("kefu_reports_failed_total") == 1
        assert [each.conversation_id for each in (await books.recount()).differences] == [odd.id]

    await books.repair(await books.recount())
    assert (await books.of(odd)).fact.is_over
    assert (await books.recount()).is_well


async def test_what_is_no_more_is_forgotten_all_the_same(
    floor: Floor, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, gone = await floor.asked(), await floor.asked()
    await books.job.catch_up()
    monkeypatch.setattr(job, "facts_of", except_of(odd.id))
    for row in (odd, gone):
        await floor.transitions.end_by_customer(row.id, row.visitor_id, at(5))
    await floor.db.execute("DELETE FROM message WHERE conversation_id = $1", gone.id)
    await floor.db.execute("DELETE FROM conversation_event WHERE conversation_id = $1", gone.id)
    await floor.db.execute("DELETE FROM quality_due WHERE conversation_id = $1", gone.id)
    await floor.db.execute("DELETE FROM conversation WHERE id = $1", gone.id)

    await books.job.catch_up()

    assert set(await keeping.kept(floor.db, [odd.id, gone.id])) == {odd.id}
