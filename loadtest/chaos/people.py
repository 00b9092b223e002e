"""The play: customers who begin, talk and end; agents who accept, answer and close."""

import asyncio
import time
from datetime import datetime
from random import Random

from loadtest.chaos.history import Ending, Saying, Taking
from loadtest.chaos.person import Person, Refused, World
from loadtest.chaos.wire import Plain

THINK_S = (0.1, 0.5)
PATIENCE_S = 10.0
BYE = "bye"
OVER = frozenset({"wrap_up", "closed"})


class Customer(Person):
    """Comes with a question, asks on when somebody is there, and leaves."""

    namespace = "/visitor"

    def __init__(self, world: World, name: str, site: str, chance: Random) -> None:
        super().__init__(world, name, {"site": site}, chance)
        self._states: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._said = 0

    def welcomed(self, session: Plain) -> None:
        """Keep the token, and how the conversation stands."""
        self.auth["token"] = session["token"]
        if session.get("conversation"):
            self._stands(session["conversation"])

    def hear(self, event: str, payload: Plain) -> None:
        """Note how the conversation stands."""
        super().hear(event, payload)
        if event == "conversation:changed":
            self._stands(payload)

    async def visit(self, until: asyncio.Event) -> None:
        """Have one conversation after the other; the last one may stay open, and silent."""
        while not until.is_set():
            conversation = await self._begin()
            await self._hears(conversation, {"active", *OVER}, until)
            try:
                for _ in range(self.chance.randint(2, 5)):
                    if not until.is_set():
                        await self._say(conversation)
                if until.is_set() and self.chance.random() < 0.5:
                    return
                await self._leave(conversation, until)
            except Refused:  # the agent closed it
                pass
            self.unfollow(conversation)

    async def _begin(self) -> str:
        saying = self._words()
        data = await self.say("conversation:start", saying)
        self._stands(data["conversation"])
        return saying.conversation

    async def _say(self, conversation: str, word: str = "") -> None:
        await asyncio.sleep(self.chance.uniform(*THINK_S))
        saying = self._words(word)
        saying.conversation = conversation
        await self.say("message:send", saying, conversation=conversation)

    async def _leave(self, conversation: str, until: asyncio.Event) -> None:
        """Say goodbye and let the agent close, or end it oneself."""
        if self.chance.random() < 0.5:
            await self._say(conversation, BYE)
            if await self._hears(conversation, OVER, until):
                return
        await self.ask("conversation:end", {"conversation": conversation})
        self.history.endings.append(Ending(conversation, time.monotonic()))

    def _words(self, word: str = "") -> Saying:
        self._said += 1
        client_id = f"{self.name}-{self._said:06d}"
        return Saying(client_id, f"{client_id} {word}".strip())

    def _stands(self, conversation: Plain) -> None:
        self._states[conversation["id"]] = conversation["state"]
        self._changed.set()

    async def _hears(
        self, conversation: str, states: frozenset[str] | set[str], until: asyncio.Event
    ) -> bool:
        """Wait until it stands so, not for ever; tell whether it does."""
        end = time.monotonic() + PATIENCE_S
        while self._states.get(conversation) not in states:
            left_s = end - time.monotonic()
            if left_s <= 0 or until.is_set():
                return False
            self._changed.clear()
            try:
                async with asyncio.timeout(min(left_s, 0.5)):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return True


class Agent(Person):
    """Takes every offer, answers most questions, closes after a goodbye."""

    namespace = "/agent"

    def __init__(self, world: World, name: str, token: str, chance: Random) -> None:
        super().__init__(world, name, {"token": token}, chance)
        self._known: set[str] = set()
        self._said = 0

    def welcomed(self, session: Plain) -> None:
        """Take up what is in hand and on offer, and be available."""
        self.do(self._be_available())
        for conversation in session["conversations"]:
            if conversation["state"] == "active":
                self.follow(conversation["id"])
        for offer in session["offers"]:
            self._offered(offer)

    def hear(self, event: str, payload: Plain) -> None:
        """Take offers; leave what is over."""
        super().hear(event, payload)
        if event == "offer:made":
            self._offered(payload)
        elif event == "conversation:changed" and payload["state"] in OVER:
            self.unfollow(payload["id"])

    def shown(self, message: Plain) -> None:
        """Answer customers."""
        if message["sender"]["kind"] != "customer":
            return
        if message["text"].endswith(BYE):
            self.do(self._close(message["conversation"]))
        elif self.chance.random() < 0.6:
            self.do(self._answer(message["conversation"]))

    def _offered(self, offer: Plain) -> None:
        if offer["offer"] not in self._known:
            self._known.add(offer["offer"])
            self.do(self._accept(offer))

    async def _accept(self, offer: Plain) -> None:
        conversation = offer["conversation"]["id"]
        made_at = datetime.fromisoformat(offer["made_at"]).timestamp()
        taking = Taking(offer["offer"], conversation, made_at)
        self.history.takings.append(taking)
        try:
            data, ack = await self.ask("offer:accept", {"offer": taking.offer})
        except Refused:
            return
        taking.tried_s, taking.acked_s = ack.tried_s, ack.at_s
        if data["conversation"]["state"] == "active":
            self.follow(conversation)

    async def _answer(self, conversation: str) -> None:
        await asyncio.sleep(self.chance.uniform(*THINK_S))
        self._said += 1
        client_id = f"{self.name}-{self._said:06d}"
        saying = Saying(client_id, client_id, conversation)
        try:
            await self.say("message:send", saying, conversation=conversation)
        except Refused:
            self.unfollow(conversation)

    async def _close(self, conversation: str) -> None:
        await asyncio.sleep(self.chance.uniform(*THINK_S))
        try:
            await self.ask("conversation:close", {"conversation": conversation})
            self.history.endings.append(Ending(conversation, time.monotonic()))
        except Refused:
            pass  # the customer was quicker, or the answer to an earlier try was lost
        self.unfollow(conversation)

    async def _be_available(self) -> None:
        await self.ask("status:set", {"status": "available"})
