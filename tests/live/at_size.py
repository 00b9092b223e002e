"""`python -m tests.live.at_size`: the live view of 500 agents and 5,000 who wait.

Starts a node on servers of its own, writes the shop into PostgreSQL, and lets it change there 200
times a second while one supervisor looks at the page in Chromium and scrolls. Says how often and
how much is told, what the node pays for it, and how long frames take; each beside the same when
nothing changes or nobody watches, because a machine that does something else as well has slow
frames anyway.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import aiohttp
from playwright.async_api import Page, async_playwright

from loadtest.bench.nodes import answers, free_port, ground, running
from loadtest.bench.processes import cpu_s
from server.services.passwords import Passwords
from storage.agents import Agents, NewAgent
from storage.database import Database, Limits
from storage.presence import PresenceLeases
from storage.queues import NewQueue, Queues
from storage.shops import Shops
from storage.valkey import connect
from tests.live import size_sql as sql
from tests.support import browser

QUEUES = ("Before I buy", "Order & delivery", "Returns", "Complaints")
CAPACITY = 3
PASSWORD = secrets.token_urlsafe(12)
BATCHES_PER_S = 20
LEAST_PER_S = 0.5
"""So often something is told, also when nothing has changed."""
FRAMES = """(seconds) => new Promise((done) => {
    const took = [], until = performance.now() + seconds * 1000, rows = document.querySelector('[role=table]');
    let last = performance.now(), down = 1;
    const next = (now) => {
        took.push(now - last); last = now;
        if (rows.scrollTop + rows.clientHeight >= rows.scrollHeight || rows.scrollTop === 0) down = rows.scrollTop === 0 ? 1 : -1;
        rows.scrollTop += down * 24;
        now < until ? requestAnimationFrame(next) : done(took.slice(1));
    };
    requestAnimationFrame(next);
})"""  # noqa: E501


@dataclass(slots=True)
class Stage:
    """The node, its shop and its database."""

    url: str
    pid: int
    db: Database
    shop_id: UUID
    agents: list[UUID]


@dataclass
class Told:
    """What came over the line of the page."""

    sizes: list[int] = field(default_factory=list[int])
    whole: int = 0
    opened: int = 0
    ended: list[str] = field(default_factory=list[str])

    def begin(self, socket: Any) -> None:
        """Take note of a line that was opened."""
        self.opened += 1
        socket.on("framereceived", self.hear)

    def hear(self, frame: Any) -> None:
        """Take note of a frame."""
        text = frame if isinstance(frame, str) else ""
        if "live:changed" in text[:40]:
            self.sizes.append(len(text.encode()))
        elif "session:ended" in text[:40]:
            self.ended.append(text)
        elif '"talks"' in text:
            self.whole = len(text.encode())


@asynccontextmanager
async def stage(agents: int, waiting: int) -> AsyncGenerator[Stage]:
    """Start a node before a shop in which everybody has their hands full."""
    async with ground() as below:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        named = {
            "KEFU_DATA_DIR": str(below.root),
            "KEFU_DATABASE_URL": below.services.database_url(),
            "KEFU_REDIS_URL": below.services.redis_url,
            "KEFU_DEMO_PASSWORD": PASSWORD,
            "KEFU_SECRET_KEY": secrets.token_hex(32),
            "KEFU_LOG_LEVEL": "warning",
            "KEFU_PORT": str(port),
        }
        kefu = [".venv/bin/python", "-m", "server"]
        async with running([*kefu, "migrate"], named) as migrating:
            assert await migrating.wait() == 0
        db = await Database.connect(below.services.database_url(), Limits(connections_max=4))
        try:
            shop = await Shops(db).create("sale", "Sale", secrets.token_hex(20))
            ids = await _hire(db, shop.id, agents)
            await db.execute(sql.CROWD, shop.id, waiting, ids, CAPACITY)
            await db.execute(sql.SLOTS)
            leases = PresenceLeases(connect(below.services.redis_url), f"{await db.realm()}:")
            async with running([*kefu, "serve"], named) as node:
                await answers(url + "/health/ready", node)
                present = ids[: agents * 9 // 10]
                await leases.vouch(shop.id, present, "elsewhere", time.time() + 3000)
                yield Stage(url, node.pid, db, shop.id, ids)
        finally:
            await db.close()


async def _hire(db: Database, shop_id: UUID, agents: int) -> list[UUID]:
    for key, name in enumerate(QUEUES):
        await Queues(db).create(
            NewQueue(shop_id=shop_id, key=f"q{key}", name=name, match_language=False, target_s=120)
        )
    hashed = await Passwords().hash(PASSWORD)
    make = Agents(db).create
    rows = [
        await make(
            NewAgent(
                shop_id=shop_id,
                email=f"{number}@sale.kefu",
                name=f"Agent {number}" if number else "Lea",
                password_hash=hashed,
                role="agent" if number else "supervisor",
                capacity=CAPACITY,
            )
        )
        for number in range(agents + 1)
    ]
    return [row.id for row in rows[1:]]


async def change(on: Stage, per_s: int, until: float) -> int:
    """Let things change, evenly; return how many have."""
    batch, count, began = per_s // BATCHES_PER_S, 0, time.monotonic()
    while time.monotonic() < until:
        await on.db.execute(sql.CHANGES, on.shop_id, batch)
        count += batch
        await on.db.execute(sql.STATUS, on.agents[count % len(on.agents)])
        await asyncio.sleep(max(0.0, began + count / per_s - time.monotonic()))
    return count


async def costs(on: Stage, per_s: int, seconds: float) -> float:
    """Return which share of a core the node takes meanwhile."""
    before, began = cpu_s(on.pid), time.monotonic()
    if per_s:
        await change(on, per_s, began + seconds)
    else:
        await asyncio.sleep(seconds)
    return (cpu_s(on.pid) - before) / (time.monotonic() - began)


async def look(on: Stage, told: Told, page: Page) -> None:
    """Sign in as who leads, and open the page."""
    async with aiohttp.ClientSession() as http:
        login = {"email": "0@sale.kefu", "password": PASSWORD}
        async with http.post(on.url + "/api/v1/sessions", json=login) as answer:
            token = (await answer.json())["token"]
    cookie: Any = {"name": "kefu_session", "value": token, "url": on.url}
    await page.context.add_cookies([cookie])
    page.on("websocket", told.begin)
    await page.goto(on.url + "/console/#/live")
    await page.get_by_role("table", name="Conversations").wait_for(timeout=60_000)


async def sessions(on: Stage) -> list[str]:
    """Return what the node counts of its sessions, and why any ended."""
    async with aiohttp.ClientSession() as http, http.get(on.url + "/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return [each for each in lines if each.startswith("kefu_sessions")]


async def frames(page: Page, seconds: float) -> str:
    """Scroll for some seconds; say how long frames took, and how busy the page was."""
    line: Any = await page.context.new_cdp_session(page)
    await line.send("Performance.enable")

    async def spent() -> float:
        found: Any = await line.send("Performance.getMetrics")
        values: dict[str, float] = {each["name"]: each["value"] for each in found["metrics"]}
        return values["TaskDuration"]

    before = await spent()
    took: list[float] = await page.evaluate(FRAMES, seconds)
    busy = (await spent() - before) / seconds
    cuts = quantiles(took, n=100)
    return (
        f"p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms, "
        f"longest {max(took):.0f} ms; the page's thread works {busy:.0%} of the time"
    )


async def measure(options: argparse.Namespace) -> None:
    """Measure, and print."""
    async with stage(options.agents, options.waiting) as on, async_playwright() as playwright:
        await asyncio.sleep(10)  # the engine has read its shop
        alone = [await costs(on, per_s, options.seconds) for per_s in (0, options.changes)]
        print(f"node, nobody watches: {alone[0]:.1%} of a core idle, {alone[1]:.1%} with changes")
        chromium = await playwright.chromium.launch(
            executable_path=browser.chromium(), args=browser.ARGUMENTS
        )
        page = await chromium.new_page(viewport={"width": 1440, "height": 900})
        told = Told()
        await look(on, told, page)
        print("frames, nothing changes:", await frames(page, options.seconds))
        idle = await costs(on, 0, options.seconds)
        told.sizes.clear()
        began = time.monotonic()
        busy, said = await asyncio.gather(
            costs(on, options.changes, options.seconds), frames(page, options.seconds)
        )
        took, sizes = time.monotonic() - began, sorted(told.sizes)
        print(f"the machine beside: load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"frames, {options.changes} changes a second: {said}")
        print(f"node, one watches: {idle:.1%} of a core idle, {busy:.1%} with changes")
        print(
            f"told {len(sizes) / took:.2f} times a second, {sum(sizes) / took / 1000:.1f} kB a "
            f"second, the largest {max(sizes, default=0) / 1000:.1f} kB, "
            f"and {told.whole / 1000:.0f} kB to begin with"
        )
        print(f"lines opened by the page: {told.opened}; sessions that ended: {told.ended}")
        print("the node:", *await sessions(on), sep="\n  ")
        assert sizes, "nothing was told while things changed"
        assert told.opened == 1, "the line did not hold"
        assert len(sizes) >= LEAST_PER_S * took, "it was told too seldom"
        if options.pictures:
            await _pictures(page, options.pictures)
        await chromium.close()


async def _pictures(page: Page, folder: Path) -> None:
    await page.screenshot(path=folder / "size-light.png")
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await page.get_by_role("link", name="Wallboard").click()
    await page.wait_for_timeout(1000)
    await page.screenshot(path=folder / "size-wall-dark.png")


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.live.at_size", description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--waiting", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=200, help="a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of the page")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
