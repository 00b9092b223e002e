"""The queue was full when they came: told calmly, they may leave a message and an address (C16)."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from server.services.identity import hash_of
from tests.support.house import Agent, House
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

SAID = "It may take longer than usual right now."


async def full_queue(house: House) -> Agent:
    """Let the only agent be at work, and as many wait as the queue takes; return the agent."""
    async with house.rest(await house.agent("Qin", role="supervisor", status=None)) as rest:
        await rest.ask("PATCH", f"/queues/{house.queue.id}", {"length_max": 1})
    lin = await house.agent("Lin", capacity=1)
    await house.talk(await house.visitor(), lin)
    await (await house.visitor()).begins("I came first")
    return lin


async def test_c16_who_comes_to_a_full_queue_is_told_and_may_leave_word_and_address(
    house: House, site: Site, panel: Panel
) -> None:
    lin = await full_queue(house)
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Is there a cup in blue?")

    await panel.shows(SAID)
    await panel.shows("You are number 2 in line.")
    await expect(panel.log.get_by_text("You keep your place.")).to_be_visible()
    await panel.frame_is_accessible()

    await panel.inside.get_by_role("button", name="Leave a message instead").click()
    message = panel.inside.get_by_role("textbox", name="Your message")
    await message.fill("The big one, please")
    await message.press("Enter")
    reach = panel.inside.get_by_label("E-mail or phone")
    await reach.fill("wang@nowhere @")
    await panel.inside.get_by_role("button", name="Save").click()
    await expect(panel.inside.get_by_role("alert")).to_contain_text("Please check this")
    await panel.frame_is_accessible()
    await reach.fill("wang@shop.example")
    await panel.inside.get_by_label("Your name").fill("王芳")
    await panel.inside.get_by_role("button", name="Save").click()
    await expect(panel.log.get_by_text("We can reach you: wang@shop.example")).to_be_visible()
    await expect(message).to_be_focused()

    [conversation] = [
        each["id"]
        for each in (await waiting(lin))
        if (each["visitor"].get("name"), each["visitor"].get("email"))
        == ("王芳", "wang@shop.example")
    ]
    said = [each.text for each in await house.transcript(conversation)]
    assert said[-2:] == ["Is there a cup in blue?", "The big one, please"]

    await panel.page.reload()
    await expect(panel.log.get_by_text("We can reach you: wang@shop.example")).to_be_visible()
    await panel.inside.get_by_role("button", name="I will wait after all").click()
    await panel.shows(SAID)


async def waiting(agent: Agent) -> list[dict[str, object]]:
    """Return who waits, as the agent's console is told anew."""
    await agent.leaves()
    await agent.connects()
    return agent.started["waiting"]


async def test_c16_for_whom_the_shop_vouches_nobody_is_asked_how_to_be_reached(
    house: House, site: Site, panel: Panel
) -> None:
    await full_queue(house)
    await panel.goes_to(site.url)
    proof = hash_of(house.shop.identity_secret, "ann")
    await panel.calls("setUser", {"id": "ann", "name": "Ann"}, proof)
    await panel.opens()
    await panel.says("Is there a cup in blue?")
    await panel.shows(SAID)

    await panel.inside.get_by_role("button", name="Leave a message instead").click()

    await panel.shows("You need not wait here.")
    await expect(panel.inside.get_by_label("E-mail or phone")).to_have_count(0)
