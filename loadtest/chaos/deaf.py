"""A console that stays connected and reads nothing, beside a customer who says a lot."""

import asyncio
from random import Random

from loadtest.chaos.node import Node, Unanswered
from loadtest.chaos.people import Customer
from loadtest.chaos.person import World
from loadtest.chaos.wire import Plain, Wire

CUT_OFF = 'kefu_sessions_ended_total{code="slow"}'
CUT_OFF_MAX_S = 18.0  # after 20 s its silence would end it as well
TEXT_CHARS = 9_000  # of three bytes
AT_ONCE = 16
ASK_S = 8.0


class LoudCustomer(Customer):
    """Says long things, several at a time, until told to stop."""

    async def talk(self, until: asyncio.Event) -> None:
        """Talk; the conversation stays open."""
        conversation = await self._begin()
        await asyncio.gather(*(self._repeat(conversation, until) for _ in range(AT_ONCE)))

    async def _repeat(self, conversation: str, until: asyncio.Event) -> None:
        while not until.is_set():
            saying = self._words("界" * TEXT_CHARS)
            saying.conversation = conversation
            await self.say("message:send", saying, conversation=conversation)


class DeafConsole:
    """An agent who looks on, and whose machine takes nothing from the line any more."""

    def __init__(self, world: World, token: str, site: str, chance: Random) -> None:
        self._world, self._token = world, token
        self.loud = LoudCustomer(world, "loud", site, chance)

    async def stay_until_cut_off(self, node: Node) -> None:
        """Be deaf on ``node`` until it has had enough; then come back and read all there is."""
        before, until = await node.metric(CUT_OFF), asyncio.Event()
        talking = asyncio.create_task(self.loud.talk(until))
        try:
            deaf = await self._open(node)
            deaf.stop_reading()
            async with asyncio.timeout(CUT_OFF_MAX_S):
                while not await _has_cut_off(node, before):
                    await asyncio.sleep(0.1)
        finally:
            until.set()
            await talking
        await deaf.close()
        again = await self._open(node)
        await again.close()

    async def _open(self, node: Node) -> Wire:
        wire = Wire(self._world.http, node.url, "/agent", _ignore, lambda: False)
        await wire.open({"token": self._token})
        conversation = await self._conversation()
        answer = await wire.ask("conversation:open", {"conversation": conversation}, ASK_S)
        assert answer["ok"], answer
        return wire

    async def _conversation(self) -> str:
        async with asyncio.timeout(ASK_S):
            while not self.loud.history.follows:
                await asyncio.sleep(0.05)
        return next(iter(self.loud.history.follows))


async def _has_cut_off(node: Node, before: float) -> bool:
    try:
        return await node.metric(CUT_OFF) > before
    except Unanswered:  # it has a lot to do
        return False


def _ignore(_event: str, _payload: Plain) -> None:
    return None
