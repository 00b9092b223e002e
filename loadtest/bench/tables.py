"""What was measured, as tables: one line for each contestant and pace."""

from collections.abc import Iterator, Sequence

from loadtest.bench.contestants import KEFU
from loadtest.bench.measuring import QUIET_PER_S, Result
from loadtest.bench.scenes import Cost
from loadtest.bench.storm import told

GENERATOR_MAX_RATIO, LATE_MAX_MS = 0.9, 5.0


HEAD = (
    f"{'':<27}{'nodes':>6}{'server':>9}{'postgres':>10}{'valkey':>8}{'a second':>10}{'p50 ms':>9}"
    f"{'p99 ms':>9}{'ack p99':>9}{'server ×':>10}{'all ×':>7}{'busiest':>9}{'generator':>11}"
)
PACES = {
    "full speed, the next said when the last is heard": "closed",
    "full speed, the next said when the last is acked": "by_acks",
    "half the saturating rate": "half",
    f"{QUIET_PER_S:.0f} messages a second": "quiet",
}


def messages(results: Sequence[Result]) -> str:
    """Return what a message cost, CPU in microseconds for each of the processes apart.

    ``×`` is Kefu's cost on as many nodes at the same pace: the servers alone, and all processes.
    """
    lines = [HEAD]
    for title, name in PACES.items():
        rows = [(each, cost) for each in results if (cost := getattr(each, name)) is not None]
        own = {each.nodes: cost for each, cost in rows if each.name == KEFU.name}
        if rows:
            lines += ["", title, *(_row(each, cost, own.get(each.nodes)) for each, cost in rows)]
    return "\n".join(lines)


def _row(result: Result, cost: Cost, kefu: Cost | None) -> str:
    volume, other = cost.volume, kefu or cost
    lost = f"  {volume.unheard} never arrived" if volume.unheard else ""
    late = volume.generator_ratio > GENERATOR_MAX_RATIO or volume.late_p99_ms > LATE_MAX_MS
    return (
        f"{result.name:<27}{result.nodes:>6}{cost.server_us:>9.1f}{cost.postgres_us:>10.1f}"
        f"{cost.valkey_us:>8.1f}{volume.per_s:>10,.0f}{volume.p50_ms:>9.1f}{volume.p99_ms:>9.1f}"
        f"{volume.ack_p99_ms:>9.1f}{cost.server_us / other.server_us:>10.2f}"
        f"{cost.all_us / other.all_us:>7.2f}{cost.busy_ratio:>9.0%}{volume.generator_ratio:>10.0%}"
        f"{'!' if late else ' '}{lost}"
    )


def generators(results: Sequence[Result]) -> str:
    """Say whether the load generator could have been what was measured."""
    costs = [
        cost
        for each in results
        for cost in (each.closed, each.by_acks, each.half, each.quiet, *each.steps)
        if cost is not None
    ]
    paced = [
        cost.volume.late_p99_ms for each in results for cost in (each.half, each.quiet) if cost
    ]
    busiest = max(cost.volume.generator_ratio for cost in costs)
    late = f", and at a given rate was {max(paced):.1f} ms late at p99" if paced else ""
    return (
        f"The generator is one process: it took {busiest:.0%} of a core at most{late}.\n"
        f"Above {GENERATOR_MAX_RATIO:.0%}, or {LATE_MAX_MS:.0f} ms late, a row is marked with !: "
        "its rate and times are then the generator's, its CPU figures hold."
    )


def sessions(results: Sequence[Result]) -> str:
    """Return what sessions cost that say nothing, and a message that many hear."""
    return "\n".join(line for each in results for line in _sessions(each))


def _sessions(result: Result) -> Iterator[str]:
    if result.idle is not None:
        idle = result.idle
        yield (
            f"{result.name:<27}{idle.sessions:,} idle sessions: {idle.kb:.1f} kB each, "
            f"{idle.us_a_second:.1f} µs a second each; connecting {idle.connect_us / 1000:.2f} ms, "
            f"{idle.connects_per_s:,.0f} a second"
        )
    if result.fan is not None:
        fan = result.fan
        yield (
            f"{result.name:<27}a message to {fan.watchers:,} watchers: the last has it after "
            f"{fan.last_p50_ms:.1f} ms (at worst {fan.last_max_ms:.1f}), {fan.each_us:.1f} µs each"
        )
    if result.storm is not None:
        yield f"{result.name:<27}{told(result.storm)}"
