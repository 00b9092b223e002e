"""The shop itself: its looks, hours, origins, and the key of its customers' identities."""

import secrets
from typing import cast

import msgspec

from server.protocol.errors import Forbidden, Invalid, NotFound
from server.protocol.setup.hours import HoursPlan, OpeningHours
from server.protocol.setup.shop import IdentitySecret, ShopPatch, ShopRecord
from server.services.admin.changes import given
from server.services.admin.hours import known_zone, stored_hours, stored_plans
from server.services.clock import Clock
from server.services.router import Router
from server.services.seats import AgentSeat
from storage.people import ShopRow
from storage.shops import ShopChanges, Shops

SECRET_BYTES = 32


class ShopAdmin:
    """Anybody who works here may look; supervisors and administrators may change."""

    def __init__(self, shops: Shops, router: Router, clock: Clock, origin: str) -> None:
        self._shops, self._router = shops, router
        self._clock, self._origin = clock, origin

    async def one(self, seat: AgentSeat) -> ShopRecord:
        """Return the shop of whoever asks."""
        return self._record(await self._row(seat))

    async def update(self, seat: AgentSeat, patch: ShopPatch) -> ShopRecord:
        """Change it."""
        seat.must_lead()
        if isinstance(patch.time_zone, str):
            known_zone(patch.time_zone)
            if not await self._shops.has_zone(patch.time_zone):
                raise Invalid("The database has no such time zone.", field="time_zone")
        changes = given(patch)
        if "wait_notice_s" in changes or "wait_urgent_s" in changes:
            _check_waits(await self._row(seat), patch)
        if isinstance(patch.hours, OpeningHours):
            changes["hours"] = stored_hours(patch.hours)
        if isinstance(patch.plans, list):
            changes["plans"] = stored_plans(patch.plans)
        if isinstance(patch.allowed_origins, list):
            changes["allowed_origins"] = [origin.lower() for origin in patch.allowed_origins]
        wanted = cast("ShopChanges", changes)
        row = await self._shops.update(seat.shop_id, wanted, self._clock.now())
        if row is None:
            raise NotFound
        self._router.shop_touched(seat.shop_id)
        return self._record(row)

    async def secret(self, seat: AgentSeat) -> IdentitySecret:
        """Return the key; administrators only."""
        _must_administer(seat)
        return IdentitySecret(identity_secret=(await self._row(seat)).identity_secret)

    async def rotate_secret(self, seat: AgentSeat) -> IdentitySecret:
        """Make a new key; the old one is worth nothing from now on."""
        _must_administer(seat)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        await self._shops.update(seat.shop_id, {"identity_secret": secret})
        return IdentitySecret(identity_secret=secret)

    async def _row(self, seat: AgentSeat) -> ShopRow:
        row = await self._shops.get(seat.shop_id)
        if row is None:
            raise NotFound
        return row

    def _record(self, row: ShopRow) -> ShopRecord:
        snippet = f'<script async src="{self._origin}/kefu.js" data-site="{row.key}"></script>'
        return ShopRecord(
            id=str(row.id),
            key=row.key,
            name=row.name,
            locale=row.locale,
            time_zone=row.time_zone,
            accent=row.accent,
            identity_required=row.identity_required,
            allowed_origins=row.allowed_origins,
            topics=row.topics,
            agents_may_pick=row.agents_may_pick,
            wait_notice_s=row.wait_notice_s,
            wait_urgent_s=row.wait_urgent_s,
            lost_agent=row.lost_agent,
            lost_agent_s=row.lost_agent_s,
            misses_max=row.misses_max,
            snippet=snippet,
            greeting=row.greeting,
            hours=None if row.hours is None else msgspec.convert(row.hours, OpeningHours),
            plans=msgspec.convert(row.plans, list[HoursPlan]),
            idle_after_s=row.idle_after_s,
            blurs_watched=row.blurs_watched,
        )


def _must_administer(seat: AgentSeat) -> None:
    if seat.role != "admin":
        raise Forbidden("Only administrators may see the key of identities.")


def _check_waits(row: ShopRow, patch: ShopPatch) -> None:
    """Refuse waits that would be too long before they are long."""
    notice_s = patch.wait_notice_s if isinstance(patch.wait_notice_s, int) else row.wait_notice_s
    urgent_s = patch.wait_urgent_s if isinstance(patch.wait_urgent_s, int) else row.wait_urgent_s
    if urgent_s <= notice_s:
        raise Invalid(f"This must be more than {notice_s} seconds.", field="wait_urgent_s")
