"""What the engine proposes and the database refuses, again and again, holds nobody up for long."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest

from server.services.assignment.host import LOST_MAX, ROUNDS_MAX
from storage.offers import Offers
from storage.rows import Lease, OfferRow
from tests.assignment.nodes import SWEEP_S, counted
from tests.assignment.office import Office


async def test_who_stands_behind_is_offered_though_nobody_told_what_a_queue_takes_by_now(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    wide = await office.new_queue("wide", units=1)
    await office.turn()
    await office.stores.queues.update(office.shop.id, wide.id, {"units": 2})  # untold
    await office.customer(queue=wide, turn=False)
    behind = await office.customer(turn=False)

    await office.turn()

    assert office.offered(ann) == [behind.id]
    assert counted(office.node, "races_lost_total") == LOST_MAX
    assert counted(office.node, "reread_total") == 1
    assert counted(office.node, "swept_total") == 0


async def test_what_reading_does_not_mend_is_read_once_between_two_sweeps(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[UUID] = []

    async def refuses(
        _self: Offers,
        conversation_id: UUID,
        _agents: Sequence[UUID],
        _expires_at: datetime,
        _now: datetime,
        _record: dict[str, object],
        _lease: Lease | None,
    ) -> tuple[OfferRow, ...]:
        refused.append(conversation_id)
        return ()

    monkeypatch.setattr(Offers, "make", refuses)
    await office.agent("ann")
    await office.customer()
    for _ in range(3):
        await office.turn()
    assert counted(office.node, "reread_total") == 1
    assert len(refused) < 2 * ROUNDS_MAX, "and the host rests between"

    await office.passes(SWEEP_S)

    assert counted(office.node, "reread_total") == 2
