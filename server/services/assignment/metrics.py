"""What the routing host counts."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from routing.engine import Decision
from server.services.assignment.board import Board

SECONDS = (0.1, 0.5, 1, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)


class RouteMetrics:
    """Figures of the routing on this node, in the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._wait_s = Histogram(
            "kefu_route_wait_seconds",
            "Age of conversations when they were offered.",
            buckets=SECONDS,
            registry=registry,
        )
        self.races_lost = Counter(
            "kefu_route_races_lost", "Decisions that came too late.", registry=registry
        )
        self.reread = Counter(
            "kefu_route_reread",
            "Shops read whole because races were lost in a row; should hardly grow.",
            registry=registry,
        )
        self.swept = Counter(
            "kefu_route_swept",
            "What only the sweep found; should stay 0.",
            registry=registry,
        )
        self.failed = Counter(
            "kefu_route_failed",
            "Failures that put a shop aside until the next sweep; should stay 0.",
            registry=registry,
        )
        self._hosting = Gauge(
            "kefu_route_hosting", "1 on the node that hosts the routing.", registry=registry
        )
        self._waiting = Gauge("kefu_route_waiting", "Conversations that wait.", registry=registry)
        self._uncovered = Gauge(
            "kefu_route_uncovered",
            "Conversations that wait for skills that no agent has.",
            registry=registry,
        )

    def offered(self, decision: Decision) -> None:
        """Count an offer."""
        if decision.record is not None:
            self._wait_s.observe(max(0.0, decision.record.at - decision.record.task.queued_at))

    def look(self, boards: Iterable[Board], *, is_host: bool) -> None:
        """Note how things stand."""
        waiting = uncovered = 0
        for board in boards:
            for queue_id, count in board.engine.queueing.counts.items():
                waiting += count
                if count and not board.engine.covered(queue_id):
                    uncovered += count
        self._hosting.set(is_host)
        self._waiting.set(waiting)
        self._uncovered.set(uncovered)
