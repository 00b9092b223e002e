"""The report as people read it: a calm table, what to do below what is not well, a last line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from server.doctor.findings import Finding, NodeSeen, Report, ShopSeen, duration

WORDS = {"well": "well", "look": "look", "unwell": "NOT WELL"}
MARK_CHARS = 8
SUBJECT_CHARS = 20
SHOPS_SHOWN = 50


def as_text(report: Report) -> str:
    """Return the report as lines."""
    lines = [f"Kefu {report.version}, {report.at:%Y-%m-%d %H:%M:%S} UTC"]
    parts = dict.fromkeys(each.part for each in report.findings)
    for part in parts:
        lines += ["", part]
        for finding in report.findings:
            if finding.part == part:
                lines += _finding(finding)
        if part == "Nodes" and report.nodes:
            lines += _table(NODE_HEAD, [_node(each) for each in report.nodes])
    if report.shops:
        lines += [] if "Shops" in parts else ["", "Shops"]
        lines += _shops(report.shops)
    return "\n".join([*lines, "", _last(report.findings)])


def as_json(report: Report) -> str:
    """Return the report for programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _finding(finding: Finding) -> Iterator[str]:
    mark = f"{WORDS[finding.mark]:<{MARK_CHARS}}"
    yield f"  {mark}  {finding.subject:<{SUBJECT_CHARS}}  {finding.found}"
    if finding.todo is not None:
        yield f"  {'':<{MARK_CHARS}}  {finding.code}: {finding.todo}"


NODE_HEAD = ("node", "version", "where", "last heard", "hosts", "agents here")


def _node(node: NodeSeen) -> tuple[str, ...]:
    return (
        node.node or "(says no name)",
        node.version or "-",
        node.place or "-",
        "not heard" if node.silent_s is None else f"{duration(node.silent_s)} ago",
        ", ".join(f"partition {each}" for each in node.hosts) or "-",
        str(node.agents),
    )


SHOP_HEAD = (
    "shop",
    "agents here",
    "waiting",
    "longest wait",
    "overdue",
    "in hand",
    "of agents gone",
    "decisions, last hour",
)


def _shop(shop: ShopSeen) -> tuple[str, ...]:
    return (
        shop.shop,
        _count(shop.agents_here),
        str(shop.waiting),
        "-" if shop.longest_wait_s is None else duration(shop.longest_wait_s),
        str(shop.offers_overdue + shop.wrap_ups_overdue),
        str(shop.in_hand),
        _count(shop.in_hand_of_gone),
        str(shop.decisions_last_hour),
    )


def _shops(shops: Sequence[ShopSeen]) -> Iterator[str]:
    """Yield the shops where something goes on, those with most who wait first."""
    busy = sorted((each for each in shops if not each.is_quiet), key=lambda each: -each.waiting)
    shown = busy[:SHOPS_SHOWN]
    if shown:
        yield from _table(SHOP_HEAD, [_shop(each) for each in shown])
    if more := len(busy) - len(shown):
        yield f"  and {more} more where something goes on; --json has them all"
    if quiet := len(shops) - len(busy):
        yield f"  {'and ' if shown else ''}{quiet} where nothing goes on"


def _count(number: int | None) -> str:
    return "?" if number is None else str(number)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(cells)}".rstrip()


def _last(findings: Sequence[Finding]) -> str:
    wrong = sum(each.mark == "unwell" for each in findings)
    doubtful = sum(each.mark == "look" for each in findings)
    aside = f" {_things(doubtful)} worth a look." if doubtful else ""
    if wrong:
        return f"Not well: {_things(wrong)} to be put right.{aside}"
    return f"All is well.{aside}"


def _things(count: int) -> str:
    return "1 thing is" if count == 1 else f"{count} things are"
