"""The limits of the gateway, named like the settings, so that a refusal names the setting."""

from dataclasses import dataclass, fields
from typing import Self

from server.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLimits:
    """What one node grants to clients; meanings and defaults: server/settings.py."""

    frame_max_bytes: int = 163_840
    outbox_max_bytes: int = 1_048_576
    outbox_max_packets: int = 1024
    auth_timeout_s: float = 10.0
    ping_interval_s: float = 4.0
    ping_timeout_s: float = 20.0
    commands_per_s: float = 20.0
    commands_burst: int = 60
    connections_per_address: int = 200
    connections_max: int = 20_000
    drain_s: float = 8.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take over what the settings say."""
        return cls(**{field.name: getattr(settings, field.name) for field in fields(cls)})

    @property
    def frame_refused_bytes(self) -> int:
        """Above this a frame is not even read and the connection ends."""
        return 2 * self.frame_max_bytes
