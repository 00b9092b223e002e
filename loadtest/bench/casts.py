"""Who plays in a scene: the customers and agents of Kefu, and those of the references."""

import asyncio
from typing import Any, cast

from loadtest.bench.peer import Answer, Line
from loadtest.bench.scenes import Scene, in_turns
from loadtest.bench.talks import Talk

BEGUN_WITHIN_S = 120.0


async def reference_talks(scene: Scene, count: int) -> list[Talk]:
    """Pair a customer with an agent for each conversation of a reference."""

    async def pair(number: int) -> Talk:
        auth = {"conversation": f"conversation-{number}"}
        customer = await scene.join("/visitor", {**auth, "namespace": "/visitor"})
        talk = Talk(customer, auth["conversation"])

        def hear(name: str, payload: dict[str, object]) -> None:
            talk.hear(payload.get("client_id"))

        agent: dict[str, object] = {**auth, "namespace": "/agent"}
        await scene.join("/agent", agent, hear)
        return talk

    return await in_turns(count, pair)


class KefuCast:
    """Agents who accept every offer, and customers who begin conversations."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.talks: dict[str, Talk] = {}
        self.tokens: dict[str, str] = {}
        self.customers: list[Line] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: set[str] = set()
        self._wanted = 0
        self._all_begun = asyncio.Event()

    async def begin(self, agents: int, count: int) -> list[Talk]:
        """Return ``count`` conversations, each in the hands of an agent."""
        await in_turns(agents, self._agent)
        talks = await in_turns(count, self._customer)
        self._wanted = count
        self._count_begun()
        await asyncio.wait_for(self._all_begun.wait(), BEGUN_WITHIN_S)
        return talks

    async def _agent(self, number: int) -> None:
        served, http = self._scene.served, self._scene.http
        login = {"email": f"agent{number + 1}@demo.kefu", "password": served.password}
        async with http.post(f"{served.url}/api/v1/sessions", json=login) as response:
            response.raise_for_status()
            token = (await response.json())["token"]

        def heard(name: str, payload: dict[str, object]) -> None:
            if name == "message:created":
                talk = self.talks.get(str(payload["conversation"]))
                if talk is not None:
                    talk.hear(payload.get("client_id"))
            elif name == "offer:made":
                task = asyncio.create_task(self._accept(agent, str(payload["offer"])))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        agent = await self._scene.join("/agent", {"token": token}, heard)
        await agent.ask("status:set", {"status": "available"})

    async def _accept(self, agent: Line, offer: str) -> None:
        answer = await agent.ask("offer:accept", {"offer": offer})
        if answer.get("ok") is True:
            self._begun.add(conversation_of(answer))
            self._count_begun()

    def _count_begun(self) -> None:
        if 0 < self._wanted <= len(self._begun):
            self._all_begun.set()

    async def _customer(self, number: int) -> Talk:
        token: list[str] = []

        def heard(name: str, payload: dict[str, object]) -> None:
            if name == "session:started":
                token.append(str(payload["token"]))

        customer = await self._scene.join("/visitor", {"site": "demo"}, heard)
        start: dict[str, object] = {"client_id": f"bench-start-{number}", "text": "Hello?"}
        conversation = conversation_of(await customer.ask("conversation:start", start))
        talk = self.talks[conversation] = Talk(customer, conversation)
        self.tokens[conversation] = token[0]
        self.customers.append(customer)
        return talk


async def kefu_talks(scene: Scene, count: int) -> list[Talk]:
    """Let customers begin, and half as many agents take them."""
    return await KefuCast(scene).begin(agents_for(count), count)


def agents_for(talks: int) -> int:
    """Return how many agents there are for so many conversations: each holds two."""
    return max(1, talks // 2)


def conversation_of(answer: Answer) -> str:
    """Return the id of the conversation that an acknowledgement tells of."""
    if answer.get("ok") is not True:
        raise RuntimeError(f"refused: {answer}")
    return str(cast("dict[str, Any]", answer["data"])["conversation"]["id"])
