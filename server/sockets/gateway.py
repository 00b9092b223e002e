"""Everything of the gateway put together, for the composition root."""

from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web
from prometheus_client import CollectorRegistry

from server.services.tracing import Tracer
from server.sockets.delivered import Delivered
from server.sockets.fanout import SocketFanout
from server.sockets.heads import HeadWatch, ReadHeads
from server.sockets.healing import Healing
from server.sockets.knock import Knock, KnockReader, read_knock
from server.sockets.limits import SocketLimits
from server.sockets.metrics import SocketMetrics
from server.sockets.rooms import Rooms
from server.sockets.server import AnyNamespace, SocketServer
from storage.bus import Bus


class Gateway:
    """Sockets, rooms, fan-out and the watch over heads of one node."""

    def __init__(
        self,
        limits: SocketLimits,
        registry: CollectorRegistry,
        bus: Bus | None,
        *,
        read_knock: KnockReader = read_knock,
        may_knock: Callable[[Knock], bool] = lambda knock: True,
        tracer: Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._metrics = SocketMetrics(registry)
        self._delivered = Delivered(lambda: bus is None or bus.is_alone)
        self.rooms = Rooms()
        self.fanout = SocketFanout(self.rooms, self._delivered, bus, self._metrics.strange, tracer)
        self.server = SocketServer(
            limits, self._metrics, self.rooms, read_knock=read_knock, may_knock=may_knock
        )
        self._healing = Healing(self.server.sessions, self.server.heal)
        if bus is not None:
            bus.on_recovered(self._healing.ask)

    def serve(self, app: web.Application, *namespaces: AnyNamespace) -> None:
        """Serve ``namespaces`` under /socket.io/ of ``app``."""
        for namespace in namespaces:
            self.server.register_namespace(namespace)
            namespace.follow(self._tracer)
        self.server.mount(app)

    def jobs(
        self, read_heads: ReadHeads, head_beat_s: float, heal_every_s: float
    ) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return the background jobs by name; none of them ends by itself."""
        watch = HeadWatch(self._delivered, self.fanout, read_heads, self._metrics, head_beat_s)
        healing = partial(self._healing.run, heal_every_s)
        return {"sockets": self.server.run, "heads": watch.run, "healing": healing}

    async def drain(self) -> None:
        """Say goodbye to every client, within ``drain_s``."""
        await self.server.drain()
