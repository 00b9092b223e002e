"""A reconnect storm: everybody is cut off, and comes back at once to go on where they were.

Each customer has a token and a conversation. *Back* is who has entered again, was told how the
conversation stands, and has read what was said meanwhile. ``missed`` must be 0.
"""

import asyncio
import time
from dataclasses import dataclass, field

from msgspec import Struct

from loadtest.bench.peer import Peer
from loadtest.bench.processes import cpu_s, family_cpu_s
from loadtest.bench.scenes import Scene, in_turns

AT_ONCE = 100
"""So many are on their way at a time: what a kernel's backlog and a browser's jitter let through."""


class Storm(Struct, frozen=True):
    """What a storm of so many sessions came to; CPU for each of them in microseconds."""

    sessions: int
    seconds: float
    server_us: float
    postgres_us: float
    missed: int


@dataclass(slots=True)
class _Customer:
    token: str = ""
    conversation: str = ""
    seen: int = 0
    peer: Peer | None = None
    heads: list[int] = field(default_factory=list[int])

    def hear(self, name: str, payload: dict[str, object]) -> None:
        if name == "session:started":
            self.token = str(payload["token"])
            conversation = payload.get("conversation")
            if isinstance(conversation, dict):
                self.heads.append(int(conversation["head"]))  # pyright: ignore


async def storm(scene: Scene, sessions: int) -> Storm:
    """Let customers begin, cut them all off, say something to each, and let them come back."""
    customers = [_Customer() for _ in range(sessions)]
    await in_turns(sessions, lambda number: _begin(scene, customers[number], number))
    await in_turns(sessions, lambda number: _cut_off(customers[number]))
    served, began = scene.served, time.monotonic()
    before, stored = cpu_s(served.pid), family_cpu_s(served.postgres or served.pid)
    found = await in_turns(sessions, lambda number: _back(scene, customers[number]), AT_ONCE)
    seconds = time.monotonic() - began
    each = 1e6 / sessions
    return Storm(
        sessions=sessions,
        seconds=seconds,
        server_us=(cpu_s(served.pid) - before) * each,
        postgres_us=(family_cpu_s(served.postgres or served.pid) - stored) * each,
        missed=sessions - sum(found),
    )


async def _begin(scene: Scene, customer: _Customer, number: int) -> None:
    customer.peer = await scene.join("/visitor", {"site": "demo"}, customer.hear)
    start: dict[str, object] = {"client_id": f"storm-start-{number}", "text": "Hello?"}
    answer = await customer.peer.ask("conversation:start", start)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise RuntimeError(f"refused: {answer}")  # noqa: TRY004
    customer.conversation = str(data["conversation"]["id"])  # pyright: ignore
    sent = {"conversation": customer.conversation, "client_id": f"storm-more-{number}"}
    await customer.peer.ask("message:send", {**sent, "text": "Is anybody there?"})


async def _cut_off(customer: _Customer) -> None:
    if customer.peer is not None:
        await customer.peer.close()
    customer.heads.clear()


async def _back(scene: Scene, customer: _Customer) -> bool:
    """Come back; tell whether all is there: two messages, and the head that says so."""
    auth: dict[str, object] = {"site": "demo", "token": customer.token}
    customer.peer = await scene.join("/visitor", auth, customer.hear)
    since: dict[str, object] = {"conversation": customer.conversation, "after": 0, "limit": 200}
    answer = await customer.peer.ask("message:since", since)
    data = answer.get("data")
    if not isinstance(data, dict):
        return False
    numbers = [int(each["seq"]) for each in data["messages"]]  # pyright: ignore
    return len(numbers) >= 2 and numbers == list(range(1, customer.heads[-1] + 1))
