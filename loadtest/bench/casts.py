"""Who plays in a scene: the customers and agents of each of the two servers."""

import asyncio

import aiohttp

from loadtest.bench.nodes import Served
from loadtest.bench.scenes import Scene, in_turns
from loadtest.bench.talks import Talk

BEGUN_WITHIN_S = 60.0


async def bare_talks(scene: Scene, count: int) -> list[Talk]:
    """Pair a customer and an agent for each conversation of the bare relay."""

    async def pair(number: int) -> Talk:
        room = f"conversation-{number}"
        customer = await scene.join("/visitor", {"conversation": room, "namespace": "/visitor"})
        talk = Talk(customer, room)
        await scene.join(
            "/agent",
            {"conversation": room, "namespace": "/agent"},
            lambda name, payload: talk.hear(payload.get("client_id")),
        )
        return talk

    return await in_turns(count, pair)


class KefuCast:
    """Agents who accept every offer, and customers who begin conversations."""

    def __init__(self, scene: Scene, served: Served, http: aiohttp.ClientSession) -> None:
        self._scene, self._served, self._http = scene, served, http
        self._talks: dict[str, Talk] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: set[str] = set()
        self._wanted = 0
        self._all_begun = asyncio.Event()

    async def talks(self, agents: int, count: int) -> list[Talk]:
        """Return ``count`` conversations, each in the hands of an agent."""
        await in_turns(agents, self._agent)
        talks = await in_turns(count, self._customer)
        self._wanted = count
        self._count_begun()
        await asyncio.wait_for(self._all_begun.wait(), BEGUN_WITHIN_S)
        return talks

    async def _agent(self, number: int) -> None:
        login = {"email": f"agent{number + 1}@demo.kefu", "password": self._served.password}
        async with self._http.post(f"{self._served.url}/api/v1/sessions", json=login) as response:
            response.raise_for_status()
            token = (await response.json())["token"]

        def heard(name: str, payload: dict[str, object]) -> None:
            if name == "message:created":
                talk = self._talks.get(str(payload["conversation"]))
                if talk is not None:
                    talk.hear(payload.get("client_id"))
            elif name == "offer:made":
                task = asyncio.create_task(accept(str(payload["offer"])))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        agent = await self._scene.join("/agent", {"token": token}, heard)

        async def accept(offer: str) -> None:
            answer = await agent.ask("offer:accept", {"offer": offer})
            data = answer.get("data")
            if isinstance(data, dict):
                self._begun.add(str(data["conversation"]["id"]))  # pyright: ignore
                self._count_begun()

        await agent.ask("status:set", {"status": "available"})

    def _count_begun(self) -> None:
        if 0 < self._wanted <= len(self._begun):
            self._all_begun.set()

    async def _customer(self, number: int) -> Talk:
        customer = await self._scene.join("/visitor", {"site": "demo"})
        start: dict[str, object] = {"client_id": f"bench-start-{number}", "text": "Hello?"}
        answer = await customer.ask("conversation:start", start)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise RuntimeError(f"refused: {answer}")  # noqa: TRY004
        conversation = str(data["conversation"]["id"])  # pyright: ignore
        talk = self._talks[conversation] = Talk(customer, conversation)
        return talk
