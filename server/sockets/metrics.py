"""What the gateway counts. Every label has a bounded set of values."""

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


log = structlog.stdlib.get_logger()


class SocketMetrics:
    """Counters of one node, in the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "kefu_command_seconds",
            "Time to carry out a command, by name and outcome.",
            ("command", "outcome"),
            buckets=SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, str], Histogram] = {}
        self.sockets = Gauge("kefu_sockets", "Open connections.", registry=registry)
        self._sessions = Gauge(
            "kefu_sessions", "Signed-in sessions.", ("namespace",), registry=registry
        )
        self._ended = Counter(
            "kefu_sessions_ended", "Connections that we closed.", ("code",), registry=registry
        )
        self._refused = Counter(
            "kefu_connections_refused", "Connections refused.", ("code",), registry=registry
        )
        self.heads_behind = Counter(
            "kefu_heads_behind",
            "Conversations whose listeners had missed something.",
            registry=registry,
        )

        self._strange = Counter(
            "kefu_bus_not_understood",
            "What a node of another version said and this one does not know.",
            registry=registry,
        )
        self._has_told = False

    def strange(self, error: Exception) -> None:
        """Count what another node said and this one does not know; the log tells it once."""
        self._strange.inc()
        if not self._has_told:
            self._has_told = True
            log.warning("neighbour_not_understood", error=str(error))

    def carried_out(self, command: str, outcome: str, seconds: float) -> None:
        """Count one command. ``command`` is a name of the catalogue or ``unknown``."""
        key = (command, outcome)
        histogram = self._known.get(key)
        if histogram is None:
            histogram = self._known[key] = self._seconds.labels(command, outcome)
        histogram.observe(seconds)

    def session(self, namespace: str, change: int) -> None:
        """Count sessions that came (+1) or went (-1)."""
        self._sessions.labels(namespace).inc(change)

    def ended(self, code: str) -> None:
        """Count a connection that we closed, by reason code."""
        self._ended.labels(code).inc()

    def refused(self, code: str) -> None:
        """Count a connection that was refused, by error code."""
        self._refused.labels(code).inc()
