"""A played customer: comes, asks, waits for answers, goes on asking, rates, leaves."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from uuid import uuid4

from server.play.answers import REPERTOIRES
from server.play.wire import Plain, Refusal, Wire
from server.seeding.people import Language
from server.seeding.setup import SHOP_KEY
from server.seeding.talk import Script

PATIENCE_S = 240.0
FAREWELL_S = 25.0
READING_S = 2.0  # of quiet, until the customer speaks again
OVER = {"wrap_up", "closed"}
PAGES = ("/shop/", "/shop/ceramics/", "/shop/p/moon-jar/", "/shop/rooms/", "/shop/basket/")


@dataclass(slots=True)
class PlayedCustomer:
    """Somebody on a page of the shop at ``url``. Pace 1 is a person's, 0.1 ten times quicker."""

    url: str
    language: Language
    chance: Random
    pace: float = 1.0

    @property
    def script(self) -> Script:
        """Something to ask."""
        return self.chance.choice(REPERTOIRES[self.language].scripts)

    async def visit(self) -> str:
        """Play the whole visit; return in a word how it ended."""
        wire = Wire(self.url, "/visitor")
        page = {"url": self.url + self.chance.choice(PAGES), "title": "Willow & Reed"}
        try:
            await wire.open({"site": SHOP_KEY, "locale": self.language, "page": page})
            return await self._talk(wire, self.script)
        except Refusal as trouble:
            return f"gave up: {trouble}"
        finally:
            await wire.close()

    async def _talk(self, wire: Wire, script: Script) -> str:
        lines = self._lines(script)
        started = await wire.ask(
            "conversation:start", client_id=uuid4().hex, text=lines.pop(0), topic=script.topic
        )
        conversation = str(started["conversation"]["id"])
        try:
            for line in lines:
                if not await self._answered(wire, conversation):
                    break
                await self._say(wire, conversation, line)
            return await self._leave(wire, conversation)
        except asyncio.CancelledError:
            await self._end(wire, conversation)
            raise

    async def _answered(self, wire: Wire, conversation: str) -> bool:
        """Wait for an agent's words and read them; False when it ended or nobody came."""
        patience_s, was_answered = PATIENCE_S, False
        while event := await wire.heard(patience_s * self.pace):
            name, payload = event
            if _is_over(name, payload):
                return False
            if name == "message:created" and payload["sender"]["kind"] == "agent":
                await wire.ask("read:set", conversation=conversation, seq=payload["seq"])
                was_answered = True
            if was_answered:
                patience_s = READING_S
        return was_answered

    async def _say(self, wire: Wire, conversation: str, text: str) -> None:
        await asyncio.sleep(self.chance.uniform(1, 4) * self.pace)
        await wire.ask("typing:set", conversation=conversation, on=True)
        await asyncio.sleep(min(8, 1 + len(text) * 0.06) * self.pace)
        await wire.ask("message:send", conversation=conversation, client_id=uuid4().hex, text=text)

    async def _leave(self, wire: Wire, conversation: str) -> str:
        """Wait a little for a farewell, else end it; mostly say how it was."""
        is_over = False
        while not is_over and (event := await wire.heard(FAREWELL_S * self.pace)):
            is_over = _is_over(*event)
        if not is_over:
            await self._end(wire, conversation)
        await asyncio.sleep(self.chance.uniform(1, 5) * self.pace)
        if self.chance.random() < 0.3:
            return "left"
        score = self.chance.choice((3, 4, 4, 5, 5, 5))
        praise = self.chance.choice(REPERTOIRES[self.language].praise) if score == 5 else None
        try:
            await wire.ask(
                "conversation:rate", conversation=conversation, score=score, comment=praise
            )
        except Refusal:
            return "left without an answer"
        return f"rated {score}"

    async def _end(self, wire: Wire, conversation: str) -> None:
        with suppress(Refusal):  # the agent was quicker
            await wire.ask("conversation:end", conversation=conversation)

    def _lines(self, script: Script) -> list[str]:
        words = REPERTOIRES[self.language]
        facts = {
            "product": self.chance.choice(words.products),
            "order": f"WR-{self.chance.randint(18000, 20400)}",
            "day": self.chance.choice(words.days),
        }
        return [text.format(**facts) for is_customer, text in script.lines() if is_customer]


def _is_over(event: str, payload: Plain) -> bool:
    return event == "conversation:changed" and payload["state"] in OVER
