"""The main job, whole: from the shop's page through the console to the rating, in two browsers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect
from pytest_asyncio import fixture

from server.seeding.first import found
from storage.database import Database, Limits
from tests.support.house import house_settings, running_node
from tests.web.panel import Panel

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

PASSWORD = "willow and reed"


@dataclass(frozen=True)
class Tale:
    """Who asks what, where, and how it is called in their language."""

    locale: str
    path: str
    window: ViewportSize
    topic: str
    question: str
    reply: str
    thanks: str
    reader: dict[str, str]
    desk: dict[str, str]


CHINESE = Tale(
    locale="zh-CN",
    path="/shop/zh/",
    window={"width": 1280, "height": 860},
    topic="订单与配送",
    question="您好，订单还没有收到，请帮我看看 🙏",
    reply="您好，我来帮您查一下。",
    thanks="很快就有人回复",
    reader={
        "joined": "林梅 Lin Mei 已接入对话",
        "end": "结束了对话",
        "best": "非常满意",
        "rate": "提交",
    },
    desk={
        "start": "开始接待",
        "reply": "输入回复",
        "read": "已读",
        "close": "结束",
        "closing": "结束会话",
        "finish": "立即完成",
    },
)
ENGLISH = Tale(
    locale="en-GB",
    path="/shop/",
    window={"width": 390, "height": 844},
    topic="Order and delivery",
    question="Hello, where is my order?",
    reply="Let me look that up for you.",
    thanks="Quick and kind",
    reader={
        "joined": "林梅 Lin Mei has joined the conversation",
        "end": "ended",
        "best": "Very good",
        "rate": "Send",
    },
    desk={
        "start": "Start taking conversations",
        "reply": "Write a reply",
        "read": "Read",
        "close": "Close",
        "closing": "Close conversation",
        "finish": "Finish now",
    },
)


@dataclass(frozen=True)
class Demo:
    """The seeded demo shop on a node of its own."""

    url: str
    db: Database


@fixture(loop_scope="session")
async def demo(built: None, dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Demo]:
    """Serve the demo shop as `kefu up` does."""
    db = await Database.connect(dsn, Limits(connections_min=0, connections_max=4))
    settings = house_settings(dsn, redis_url, tmp_path, demo=True, log_level="warning")
    await found(db, PASSWORD, [], await db.clock())
    async with running_node(settings, None, asyncio.Event(), asyncio.Event()) as url:
        yield Demo(url, db)
    await db.close()


async def tab_of(chromium: Browser, failures: list[str], **context: Any) -> Page:
    """Open a fresh profile; what its pages complain of is kept."""
    page = await (await chromium.new_context(**context)).new_page()
    page.on("pageerror", lambda error: failures.append(str(error)))
    return page


@pytest.mark.parametrize("tale", [CHINESE, ENGLISH], ids=["chinese-desktop", "english-phone"])
async def test_a_customer_on_a_shop_page_talks_with_an_agent(
    demo: Demo, chromium: Browser, tale: Tale
) -> None:
    failures: list[str] = []
    desk = await tab_of(chromium, failures, locale=tale.locale)
    await desk.goto(f"{demo.url}/console/")
    await desk.locator("input[type=email]").fill("mei@demo.kefu")
    await desk.locator("input[type=password]").fill(PASSWORD)
    await desk.keyboard.press("Enter")
    await desk.get_by_role("button", name=tale.desk["start"]).click()

    shop = await tab_of(
        chromium, failures, locale=tale.locale, viewport=tale.window, has_touch=True
    )
    panel = Panel(shop)
    await panel.goes_to(demo.url + tale.path)
    await panel.opens()
    await panel.inside.get_by_role("button", name=tale.topic).click()
    await panel.says(tale.question)

    await expect(desk.get_by_text(tale.question).first).to_be_visible()
    await desk.keyboard.press("Enter")
    await panel.shows(tale.reader["joined"])
    box = desk.get_by_role("textbox", name=re.compile(tale.desk["reply"]))
    await box.fill(tale.reply)
    await desk.keyboard.press("Control+Enter")
    await panel.shows(tale.reply)
    await expect(desk.get_by_role("log").get_by_title(tale.desk["read"])).to_be_visible()

    await desk.get_by_role("button", name=tale.desk["close"], exact=True).click()
    await desk.get_by_role("button", name=tale.desk["closing"], exact=True).click()
    await expect(panel.log.get_by_text(re.compile(tale.reader["end"]))).to_be_visible()
    await panel.inside.get_by_title(tale.reader["best"]).click()
    await panel.inside.get_by_role("textbox").fill(tale.thanks)
    await panel.inside.get_by_role("button", name=tale.reader["rate"], exact=True).click()
    finish = desk.get_by_role("button", name=tale.desk["finish"])
    await finish.click()
    await expect(finish).to_be_hidden()

    row = await demo.db.fetchrow(
        """
        SELECT c.* FROM conversation c JOIN message m ON m.conversation_id = c.id
         WHERE m.text = $1
        """,
        tale.question,
    )
    assert row is not None
    assert (row["state"], row["closed_by"]) == ("closed", "agent")
    assert (row["score"], row["score_comment"]) == (5, tale.thanks)
    said = await demo.db.fetch(
        "SELECT * FROM message WHERE conversation_id = $1 AND NOT private ORDER BY seq", row["id"]
    )
    assert [line["seq"] for line in said] == list(range(1, row["head"] + 1))
    reply = next(line for line in said if line["text"] == tale.reply)
    assert row["first_response_ms"] == row["reply_ms_sum"] == reply["latency_ms"] > 0
    assert row["waiting_ms"] > 0
    assert row["handle_ms"] >= row["wrap_up_ms"] >= 0
    assert row["agent_talk_ms"] <= row["handle_ms"]
    kinds = await demo.db.fetch(
        "SELECT kind FROM conversation_event WHERE conversation_id = $1 ORDER BY id", row["id"]
    )
    assert [each["kind"] for each in kinds][:4] == ["started", "queued", "offered", "accepted"]
    assert failures == []
