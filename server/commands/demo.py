"""`kefu demo`: plays agents and customers on a running node, so that one person sees it alive."""

from __future__ import annotations

import argparse
import asyncio
import time
from http import HTTPStatus
from random import Random

import aiohttp

from server.commands.keepsakes import with_secrets
from server.commands.refused import Refused
from server.play.agent import PlayedAgent
from server.play.customer import PlayedCustomer
from server.play.wire import Refusal
from server.seeding.people import Language
from server.settings import Settings

# In the order in which they join: the first three know both languages and every topic.
AGENTS = [f"{name}@demo.kefu" for name in ("mei", "sofia", "grace", "hao", "daniel", "yun")]
CUSTOMERS_MAX = 50
REACH_S = 3.0
LAST_CALL_S = 60.0
"""What those who talk have to finish, when no more customers come."""

LEAVE_S = 20.0
"""What agents have to close what is left."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many of whom, for how long, and where."""
    parser.add_argument(
        "--customers", type=int, default=4, metavar="N",
        help="customers at the same time (4); 0: you are the customer",
    )  # fmt: skip
    parser.add_argument(
        "--agents", type=int, default=3, metavar="K",
        help=f"agents at work, up to {len(AGENTS)} (3); 0: you are the agent",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=float, default=5, metavar="M",
        help="for how long customers come (5); then those who talk have "
        f"{LAST_CALL_S:.0f} s to finish, and agents {LEAVE_S:.0f} s to leave",
    )  # fmt: skip
    parser.add_argument("--url", help="where the node is (http://localhost and KEFU_PORT)")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Play until the time is over, then let those who talk finish."""
    _refuse_nonsense(options)
    url = (options.url or f"http://localhost:{settings.port}").rstrip("/")
    await _reach(url)
    password = with_secrets(settings).demo_password
    assert password is not None
    begun = time.monotonic()
    try:
        await _play(url, options, password.get_secret_value())
    except asyncio.CancelledError:  # Ctrl-C
        _say("The demonstration was stopped")
        raise
    except ExceptionGroup as errors:
        refusals, others = errors.split(Refusal)
        if refusals is None or others is not None:
            raise
        raise Refused(_why_it_ended(refusals)) from None
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    _say(f"The demonstration is over, after {minutes}:{seconds:02}")
    return 0


async def _play(url: str, options: argparse.Namespace, password: str) -> None:
    home = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        agents = [
            group.create_task(PlayedAgent(url, email, password, Random(), _say).work(home))
            for email in AGENTS[: options.agents]
        ]
        await _customers(url, options.customers, options.minutes * 60)
        home.set()
        if agents:
            _, late = await asyncio.wait(agents, timeout=LEAVE_S)
            for agent in late:
                agent.cancel()


async def _customers(url: str, at_once: int, seconds: float) -> None:
    """Let customers come at random while there is time, ``at_once`` at most."""
    until = time.monotonic() + seconds
    chance = Random()
    seats = asyncio.Semaphore(max(1, at_once))
    if at_once == 0:
        await asyncio.sleep(seconds)
        return
    visits: set[asyncio.Task[None]] = set()
    try:
        while await _is_free(seats, until):
            visit = asyncio.create_task(_visit(url, chance, seats))
            visits.add(visit)
            visit.add_done_callback(visits.discard)
            pause = chance.expovariate(at_once / 30)
            await asyncio.sleep(max(0.0, min(pause, until - time.monotonic())))
        if visits:
            _say(f"No more customers; those who talk have {LAST_CALL_S:.0f} s to finish")
            await asyncio.wait(visits, timeout=LAST_CALL_S)
        if visits:
            _say(f"{len(visits)} still talked, and were sent home")
    finally:
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


async def _is_free(seats: asyncio.Semaphore, until: float) -> bool:
    """Wait for a seat; False when the time is over before there is one."""
    left_s = until - time.monotonic()
    try:
        async with asyncio.timeout(max(0.0, left_s)):
            await seats.acquire()
    except TimeoutError:
        return False
    return True


async def _visit(url: str, chance: Random, seats: asyncio.Semaphore) -> None:
    language: Language = chance.choice(("zh", "en"))
    _say(f"A customer asks in {'Chinese' if language == 'zh' else 'English'}")
    try:
        ended = await PlayedCustomer(url, language, Random(chance.random())).visit()
        _say(f"A customer {ended}")
    finally:
        seats.release()


async def _reach(url: str) -> None:
    try:
        timeout = aiohttp.ClientTimeout(total=REACH_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{url}/health/ready") as answer,
        ):
            if answer.status == HTTPStatus.OK:
                return
    except (aiohttp.ClientError, TimeoutError):
        pass
    raise Refused(f"No node is ready at {url}. Start one with `kefu up`, or name it with --url.")


def _refuse_nonsense(options: argparse.Namespace) -> None:
    if not 0 <= options.customers <= CUSTOMERS_MAX:
        raise Refused(f"--customers must be between 0 and {CUSTOMERS_MAX}.")
    if not 0 <= options.agents <= len(AGENTS):
        raise Refused(f"--agents must be between 0 and {len(AGENTS)}.")
    if options.minutes <= 0:
        raise Refused("--minutes must be more than 0.")
    if options.customers == options.agents == 0:
        raise Refused("Somebody has to be played: customers, agents or both.")


def _why_it_ended(error: Refusal | ExceptionGroup[Refusal]) -> str:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if "@" not in str(error):
        return f"It ended early: {error}."
    return (
        f"An agent could not sign in ({error}) The demo password is the one of the first start: "
        "the same KEFU_DATA_DIR or KEFU_DEMO_PASSWORD must be set here."
    )


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)
