"""The bus between nodes: publish and subscribe through Valkey or Redis."""

from storage.bus.bus import Bus, BusHealth, Handler
from storage.bus.link import Pace
from storage.bus.neighbours import BACK, BYE, HELLO
from storage.bus.wire import NODES, TAG_BYTES

__all__ = ["BACK", "BYE", "HELLO", "NODES", "TAG_BYTES", "Bus", "BusHealth", "Handler", "Pace"]
