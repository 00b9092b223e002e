"""What the widget does to the page that carries it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.house import House
from tests.web.panel import Panel
from tests.web.site import STRICT, Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

KEPT = """() => ({ local: Object.keys(localStorage), session: Object.keys(sessionStorage),
    shift: performance.getEntriesByType('layout-shift').length })"""
BLOCKED = """if (location.pathname.startsWith('/widget'))
    Object.defineProperty(window, 'localStorage', {
        get() { throw new DOMException('', 'SecurityError'); } });"""
LAUNCHERS = "() => document.querySelectorAll('#kefu').length"


async def test_p11_and_g5_before_a_click_there_is_one_small_request_and_nothing_else(
    house: House, site: Site, panel: Panel
) -> None:
    asked: list[str] = []
    sockets: list[Any] = []
    panel.page.on("request", lambda request: asked.append(request.url))
    panel.page.on("websocket", lambda socket: sockets.append(socket))
    async with panel.page.expect_response("**/kefu.js") as loader:
        await panel.goes_to(site.url)
    await panel.page.wait_for_load_state("networkidle")

    assert [url for url in asked if url.startswith(house.url)] == [f"{house.url}/kefu.js"]
    assert await panel.page.context.cookies() == []
    assert await panel.page.evaluate(KEPT) == {"local": [], "session": [], "shift": 0}
    assert sockets == []
    assert len(panel.page.frames) == 1
    assert len(gzip.compress(await (await loader.value).body(), 9)) <= 3_000


async def test_g7_it_works_under_a_strict_policy_with_trusted_types(
    site: Site, panel: Panel
) -> None:
    site.headers = {"Content-Security-Policy": STRICT}
    complaints: list[str] = []
    panel.page.on("console", lambda line: complaints.append(line.text))
    panel.page.on("pageerror", lambda error: complaints.append(str(error)))
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Under a strict policy")
    await panel.shows("Under a strict policy")
    box = await panel.button.bounding_box()
    assert box is not None
    assert box["width"] >= 56  # our own styles hold
    assert [line for line in complaints if "favicon" not in line] == []


async def test_g9_a_frame_without_storage_still_knows_its_customer_after_a_reload(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.page.context.add_init_script(BLOCKED)
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Do you still know me?")
    await panel.shows("Do you still know me?")
    await panel.page.reload()
    await panel.shows("Do you still know me?")
    assert await house.db.fetchval("SELECT count(*) FROM visitor") == 1


async def test_d15_twice_included_swapped_and_gone_back_to_it_is_one_open_chat(
    house: House, site: Site, panel: Panel
) -> None:
    site.after = f'<script async src="{house.url}/kefu.js" data-site="{house.shop.key}"></script>'
    sockets: list[Any] = []
    panel.page.on("websocket", lambda socket: sockets.append(socket))
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Hello")
    await panel.shows("Hello")
    assert await panel.page.evaluate(LAUNCHERS) == 1
    assert len(sockets) == 1

    await panel.page.evaluate("() => { document.body = document.createElement('body') }")
    await panel.shows("Hello")
    assert len(sockets) == 1

    await panel.page.goto(f"{site.url}/other")
    await panel.shows("Hello")
    await panel.page.go_back()
    await panel.shows("Hello")
    assert await panel.page.evaluate(LAUNCHERS) == 1
    assert len(sockets) == 3  # one a page, and the page that was left holds none
    async with house.rest() as rest, rest.session.get(f"{house.url}/metrics") as response:
        assert "kefu_sockets 1.0" in await response.text()


async def test_f8_another_frame_on_the_page_is_not_listened_to(site: Site, panel: Panel) -> None:
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.page.evaluate(
        """() => {
            const evil = document.body.appendChild(document.createElement('iframe'));
            const run = evil.contentWindow.eval.bind(evil.contentWindow);
            for (const said of [{ kefu: 'locale', locale: 'zh' }, { kefu: 'reset' }])
                run(`parent.document.querySelector('#kefu').shadowRoot.querySelector('iframe')
                    .contentWindow.postMessage(${JSON.stringify(said)}, '*')`);
            run(`parent.postMessage({ kefu: 'unread', count: 7 }, '*')`);
        }"""
    )
    await panel.calls("setLocale", "en")
    await expect(panel.inside.get_by_text("What is it about?")).to_be_visible()
    await expect(panel.button).to_have_accessible_name("Close the chat")
    assert await panel.button.inner_text() == ""


async def test_f7_a_page_that_the_shop_does_not_know_cannot_frame_it(
    house: House, site: Site, panel: Panel
) -> None:
    await house.change_shop(allowed_origins=("https://elsewhere.example",))
    await panel.goes_to(site.url)
    await panel.button.click()
    await expect(panel.inside.get_by_role("textbox")).to_have_count(0)


async def test_commands_before_it_is_there_are_carried_out_and_events_arrive(
    house: House, site: Site, panel: Panel
) -> None:
    site.before = """<script nonce="shop">
        window.Kefu = function () { (Kefu.q = Kefu.q || []).push(arguments) };
        window.heard = [];
        const names = 'ready opened closed conversation:started message error'.split(' ');
        for (const name of names)
            Kefu('on', name, (detail) => heard.push([name, detail]));
        Kefu('setLocale', 'zh');
        Kefu('nonsense');
    </script>"""
    agent = await house.agent()
    await panel.goes_to(site.url)
    await expect(panel.button).to_have_accessible_name("联系客服")
    await panel.calls("open")
    await panel.says("您好")
    await agent.accepts()
    await agent.says("您好，请讲。")
    await panel.shows("您好，请讲。")
    await panel.calls("close")

    heard = await panel.page.evaluate("() => heard")
    assert [name for name, _ in heard] == [
        "error",
        "ready",
        "opened",
        "conversation:started",
        "message",
        "closed",
    ]
    assert heard[0][1] == {"code": "unknown_command", "message": "nonsense"}
    assert heard[4][1]["text"] == "您好，请讲。"


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_at_home_in_the_talk_and_after_it(
    house: House, site: Site, chromium: Browser, theme: Any
) -> None:
    context = await chromium.new_context(color_scheme=theme, reduced_motion="reduce")
    panel = Panel(await context.new_page())
    agent = await house.agent("Lin Mei")
    await panel.goes_to(site.url)
    await panel.opens()
    await expect(panel.inside.get_by_text("is here to answer")).to_be_visible()
    await panel.frame_is_accessible()
    await panel.says("Hello https://shop.example/a")
    await panel.inside.get_by_role("button", name="Emoji").click()
    await panel.frame_is_accessible()
    await agent.accepts()
    await agent.says("Good morning.")
    await panel.inside.get_by_role("button", name="More").click()
    await panel.frame_is_accessible()
    await panel.inside.get_by_role("button", name="End this conversation").click()
    await panel.frame_is_accessible()
    await panel.inside.get_by_role("button", name="End it").click()
    await panel.inside.get_by_title("All right").click()
    await panel.frame_is_accessible()


async def test_g8_by_keyboard_alone_and_escape_gives_the_focus_back(
    site: Site, panel: Panel
) -> None:
    page: Page = panel.page
    await panel.goes_to(site.url)
    await panel.button.focus()
    await page.keyboard.press("Enter")
    await expect(panel.field).to_be_focused()
    await page.keyboard.type("By keyboard")
    await page.keyboard.press("Enter")
    await panel.shows("By keyboard")
    await page.keyboard.press("Escape")
    await expect(panel.button).to_be_focused()
    await expect(panel.button).to_have_attribute("aria-expanded", "false")


async def test_g8_who_goes_on_talking_after_all_writes_on(
    house: House, site: Site, panel: Panel
) -> None:
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Hello?")
    await agent.accepts()
    await panel.shows("Lin has joined the conversation")
    await panel.inside.get_by_role("button", name="More").click()
    await panel.inside.get_by_role("button", name="End this conversation").click()
    await expect(panel.inside.get_by_role("button", name="End it")).to_be_focused()
    await panel.inside.get_by_role("button", name="Go on talking").click()
    await expect(panel.field).to_be_focused()
