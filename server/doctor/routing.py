"""Whether somebody hosts the routing, and whether shops get what they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from server.doctor.findings import Finding, ShopSeen, duration, look, unwell, well
from storage.standing import LeaseStanding, ShopStanding

PART = "Routing"
SHOPS = "Shops"
LATE_S = 10.0
"""So long after its end a host has an offer or a wrap-up ended, or is not well."""

Vouched = Mapping[tuple[UUID, str], float]
"""(agent, node) → until when, in seconds since 1970."""


def leases(found: Sequence[LeaseStanding], heard: frozenset[str] | None) -> Iterator[Finding]:
    """Judge who holds the partitions; ``heard`` names the nodes on the bus, None: not known."""
    if not found:
        todo = "Start a node with `kefu serve`; the first takes it at once."
        yield unwell(PART, "partition 0", "nobody ever held it", "lease_missing", todo)
    for lease in found:
        yield _lease(lease, heard)


def _lease(lease: LeaseStanding, heard: frozenset[str] | None) -> Finding:
    subject, held = f"partition {lease.partition}", f"{lease.node}, epoch {lease.epoch}"
    if lease.left_s is None or lease.left_s <= 0:
        ago = "given up" if lease.left_s is None else f"ran out {duration(-lease.left_s)} ago"
        return unwell(
            PART,
            subject,
            f"held by nobody; {held}, {ago}",
            "lease_expired",
            "Nobody new is offered. Start a node; if nodes run, look for `lease_not_renewed` and "
            "`node_failed` in their logs.",
        )
    found = f"{held}, runs {duration(lease.left_s)} more"
    if heard is None or lease.node in heard:
        return well(PART, subject, found)
    return unwell(
        PART,
        subject,
        f"{found}, but is not heard",
        "holder_silent",
        "It was killed, or is cut off from Valkey. If it is dead another takes over when the lease "
        "has run out; if it lives, look at its line to Valkey.",
    )


def seen(shop: ShopStanding, vouched: Vouched | None, now: float) -> ShopSeen:
    """Put together what is known of a shop."""
    by_node: dict[str, int] | None = None
    if vouched is not None:
        by_node = {}
        for (_, node), until in vouched.items():
            if until > now:
                by_node[node] = by_node.get(node, 0) + 1
    here = None if vouched is None else _here(vouched, now)
    gone = None if here is None else sum(n for who, n in shop.in_hand.items() if who not in here)
    return ShopSeen(
        shop=shop.key,
        agents_here=None if here is None else len(here),
        agents_by_node=by_node,
        waiting=shop.waiting,
        longest_wait_s=shop.longest_s,
        offers_overdue=shop.offers_overdue,
        wrap_ups_overdue=shop.wrap_ups_overdue,
        in_hand=sum(shop.in_hand.values()),
        in_hand_of_gone=gone,
        decisions_last_hour=shop.decisions,
    )


def judge(shop: ShopStanding, vouched: Vouched | None, now: float) -> Iterator[Finding]:
    """Judge a shop; nothing is said of what is well."""
    if shop.offers_overdue or shop.wrap_ups_overdue:
        yield unwell(
            SHOPS,
            shop.key,
            f"{shop.offers_overdue} offers and {shop.wrap_ups_overdue} wrap-ups should have ended",
            "overdue",
            "The routing host does not get to them: look for `routing_waits_for_storage` in its "
            "log, and at kefu_route_failed_total.",
        )
    if shop.longest_s is not None and shop.longest_s > shop.wait_urgent_s:
        yield look(
            SHOPS,
            shop.key,
            f"somebody has waited {duration(shop.longest_s)}; {shop.wait_urgent_s} s is too long",
            "waits_long",
            "Is anybody available who may take it? The console shows for each why it waits.",
        )
    if vouched is not None:
        yield from _gone(shop, vouched, now)


def _gone(shop: ShopStanding, vouched: Vouched, now: float) -> Iterator[Finding]:
    """Judge what is in hand of agents who are gone."""
    here, since = _here(vouched, now), _until(vouched)
    gone = {agent: count for agent, count in shop.in_hand.items() if agent not in here}
    if not gone:
        return
    found = f"{sum(gone.values())} conversations in hand of {len(gone)} agents who are gone"
    late = now - shop.lost_agent_s - LATE_S
    if shop.lost_agent == "requeue" and any(since.get(agent, 0.0) < late for agent in gone):
        todo = "They should wait again by now: is there a routing host, and what does its log say?"
        yield unwell(SHOPS, shop.key, found, "left_behind", todo)
        return
    todo = (
        f"They wait again after {shop.lost_agent_s} s, by the shop's setting."
        if shop.lost_agent == "requeue"
        else "They stay so, by the shop's setting. A supervisor can assign them, or let "
        "them wait again."
    )
    yield look(SHOPS, shop.key, found, "in_hand_of_gone", todo)


def _here(vouched: Vouched, now: float) -> set[UUID]:
    return {agent for agent, until in _until(vouched).items() if until > now}


def _until(vouched: Vouched) -> dict[UUID, float]:
    found: dict[UUID, float] = {}
    for (agent, _), until in vouched.items():
        found[agent] = max(until, found.get(agent, until))
    return found
