"""A reconnect storm: everybody is cut off, and comes back at once to go on where they were.

Each customer has a token and a conversation. *Back* is who has entered again, was told how the
conversation stands, and has read what was said meanwhile. ``missed`` must be 0.
"""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random

from msgspec import Struct

from loadtest.bench.peer import Peer
from loadtest.bench.processes import cpu_s, family_cpu_s
from loadtest.bench.scenes import Scene, in_turns

AT_ONCE = 100
"""So many are on their way at a time."""

AGAIN_S = (0.5, 1.5)
"""Who is refused because too much is going on comes again after so long, as our pages do."""

CHANCE = Random(20260101)


class Storm(Struct, frozen=True):
    """What a storm of so many sessions came to; CPU for each of them in microseconds."""

    sessions: int
    seconds: float
    server_us: float
    postgres_us: float
    refused: int
    missed: int


def told(storm: Storm) -> str:
    """Return the row that people read."""
    return (
        f"reconnect storm: {storm.sessions:,} sessions back in {storm.seconds:.1f} s, "
        f"{storm.sessions / storm.seconds:,.0f} a second, {storm.refused} refused at first, "
        f"{storm.missed} missed something; "
        f"{storm.server_us / 1000:.1f} + {storm.postgres_us / 1000:.1f} ms of CPU each "
        "(node + PostgreSQL)"
    )


@dataclass(slots=True)
class _Customer:
    token: str = ""
    conversation: str = ""
    peer: Peer | None = None
    refused: int = 0
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
        refused=sum(customer.refused for customer in customers),
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
    while True:
        try:
            customer.peer = await scene.join("/visitor", auth, customer.hear)
            break
        except ConnectionRefusedError:
            customer.refused += 1
            await asyncio.sleep(CHANCE.uniform(*AGAIN_S))
    since: dict[str, object] = {"conversation": customer.conversation, "after": 0, "limit": 200}
    answer = await customer.peer.ask("message:since", since)
    data = answer.get("data")
    if not isinstance(data, dict):
        return False
    numbers = [int(each["seq"]) for each in data["messages"]]  # pyright: ignore
    return len(numbers) >= 2 and numbers == list(range(1, customer.heads[-1] + 1))
