"""Quality in the console: from a scorecard to a dispute, a low rating, a rule and a calibration."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.bus.ears import eventually
from tests.support.house import Agent, House, Visitor
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


async def ended(house: House, ann: Visitor, lin: Agent) -> str:
    """Return a conversation that Lin has answered and ended, and that was rated low."""
    conversation = await house.talk(ann, lin, "Where is my order?")
    said = {"conversation": conversation, "client_id": "an-answer", "text": "Let me look."}
    await lin.does("message:send", **said)
    await lin.does("conversation:close", conversation=conversation)
    await lin.does("conversation:finish", conversation=conversation)
    await ann.does("conversation:rate", conversation=conversation, score=1, comment="Nobody knew")
    return conversation


async def at(house: House, tab: Page, who: Agent) -> Console:
    """Let somebody sit down in a tab of a profile of their own."""
    console = Console(tab, house.url)
    await console.sits_down(await house.token_for(who.row))
    return console


async def makes_a_scorecard(page: Page) -> None:
    await page.get_by_role("link", name="Add a scorecard").click()
    await page.get_by_label("Name").fill("Chat")
    await page.get_by_label("Question", exact=True).fill("Solves it")
    await page.get_by_role("button", name="Add a question").click()
    await page.get_by_label("Question", exact=True).nth(1).fill("Keeps data private")
    await page.get_by_label("Scale").nth(1).select_option("2")
    await page.get_by_label("Critical").nth(1).check()
    await page.get_by_role("button", name="Add a scorecard").click()
    await expect(page.get_by_role("heading", name="Chat")).to_be_visible()


async def test_a_rule_chooses_it_is_reviewed_disputed_and_decided(house: House, tab: Page) -> None:
    lin, ann = await house.agent("Lin Mei"), await house.visitor()
    lea = await house.agent("Lea", role="supervisor", status=None)
    console = await at(house, tab, lea)
    page = console.page

    # A scorecard, and a rule that chooses by it what ends from now on.
    await console.goes_to("#/quality/scorecards")
    await makes_a_scorecard(page)
    await console.is_accessible()
    await page.get_by_role("link", name="Rules for choosing").click()
    await page.get_by_role("link", name="Add a rule").click()
    await page.get_by_label("Name").fill("All of them")
    await page.get_by_label("Share, %").fill("100")
    await console.is_accessible()
    await page.get_by_role("button", name="Add a rule").click()
    await expect(page.get_by_role("row", name="All of them")).to_be_visible()
    conversation = await ended(house, ann, lin)

    # What it chose is taken, reviewed and published.
    await eventually(lambda: is_chosen(house))
    await page.get_by_role("link", name="To review").click()
    await expect(page.get_by_text("Lin Mei with")).to_be_visible()
    await console.is_accessible()
    await page.get_by_role("button", name="Review:").click()
    await expect(page.get_by_role("heading", name="Review of Lin Mei")).to_be_visible()
    await expect(page.get_by_text("Rated 1 of 5")).to_be_visible()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Please answer this first")).to_be_visible()
    await page.get_by_role("radiogroup", name="Solves it").get_by_text("4", exact=True).click()
    await page.get_by_role("radiogroup", name="Keeps data private").get_by_text("No").click()
    await expect(page.get_by_text("Failed: Keeps data private")).to_be_visible()
    await page.get_by_label("Note to the agent").fill("Ask who they are first.")
    await expect(page.get_by_text("All changes are saved")).to_be_visible()
    await console.is_accessible()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Ask who they are first.")).to_be_visible()

    # Lin reads it and disputes it, once.
    browser = page.context.browser
    assert browser is not None
    own = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    desk = await at(house, await own.new_page(), lin)
    await desk.goes_to("#/quality")
    await desk.page.get_by_role("link", name="by Lea").click()
    await expect(desk.page.get_by_text("Ask who they are first.")).to_be_visible()
    await desk.page.get_by_text("Dispute", exact=True).click()
    await desk.page.get_by_label("In your words").fill("She told me her number.")
    await desk.is_accessible()
    await desk.page.get_by_role("button", name="Send, once").click()
    await expect(desk.page.get_by_text("Somebody will look at your dispute")).to_be_visible()

    # Lea sees it and answers anew.
    await page.get_by_role("link", name="Reviews", exact=True).first.click()
    await page.get_by_text("Disputed", exact=True).first.click()
    await page.get_by_role("link", name="Lin Mei").click()
    await page.get_by_text("Answer anew").click()
    anew = page.get_by_role("form", name="Your decision")
    await anew.get_by_role("radiogroup", name="Keeps data private").get_by_text("Yes").click()
    await anew.get_by_label("Why").fill("You are right.")
    await anew.get_by_role("button", name="Decide").click()
    await expect(page.get_by_text("was 0%")).to_be_visible()
    await desk.page.reload()
    await expect(desk.page.get_by_text("Lea revised it")).to_be_visible()
    await own.close()

    # The low rating waits for somebody, who sees to it.
    await page.get_by_role("link", name="Follow-ups").click()
    await (
        page.get_by_role("link", name="Visitor")
        .or_(page.get_by_role("row", name="Nobody knew").get_by_role("link"))
        .first.click()
    )
    await page.get_by_label("Who sees to it").select_option("Lea")
    await page.get_by_text("Done", exact=True).last.click()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Please say what came of it")).to_be_visible()
    await page.get_by_label("What came of it").select_option("Apologised")
    await console.is_accessible()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()

    # A tag, put on in the conversation, finds it again.
    await page.get_by_role("link", name="Tags").click()
    await page.get_by_role("link", name="Add a tag").click()
    await page.get_by_label("Name").fill("Lost parcel")
    await page.get_by_role("button", name="Add a tag").click()
    await expect(page.get_by_role("row", name="Lost parcel")).to_be_visible()
    await page.set_viewport_size({"width": 1400, "height": 900})
    await console.goes_to(f"#/c/{conversation}")
    await page.get_by_label("Put a tag on").select_option("Lost parcel")
    await expect(page.get_by_role("button", name="Take off Lost parcel")).to_be_visible()
    await page.get_by_role("tab", name="Closed").click()
    await page.get_by_label("Only with a tag").select_option("Lost parcel")
    await expect(page.locator("a[data-row]")).to_have_count(1)
    await console.is_accessible()

    # Two judge the same.
    max_ = await house.agent("Max", role="supervisor", status=None)
    await page.get_by_role("link", name="Review", exact=True).click()
    await page.get_by_text("Several, to see how far they agree").click()
    await console.is_accessible()
    await page.get_by_role("button", name="Open the calibration").click()
    await page.get_by_role("link", name="Review it").click()
    await page.get_by_role("radiogroup", name="Solves it").get_by_text("5", exact=True).click()
    await page.get_by_role("radiogroup", name="Keeps data private").get_by_text("Yes").click()
    await page.get_by_role("button", name="Hand in").click()
    await hands_in(house, max_)
    await page.get_by_role("link", name="Calibration").click()
    await page.get_by_role("link", name="Lin Mei").click()
    await expect(page.get_by_role("row", name="Solves it")).to_contain_text("100% apart")
    await console.is_accessible()


async def is_chosen(house: House) -> bool:
    """Tell whether the job has seen that the conversation ended and was rated."""
    tasks = await house.db.fetchval("SELECT count(*) FROM review_task")
    return bool(tasks) and await house.db.fetchval("SELECT count(*) FROM follow_up") == 1


async def hands_in(house: House, who: Agent) -> None:
    """Answer the worst to what does not fail it all, and hand in."""
    async with house.rest(who) as rest:
        draft = (await rest.get("/reviews?state=draft"))["items"][0]["id"]
        first, second = (await rest.get(f"/reviews/{draft}"))["questions"]
        answers = {first["key"]: {"step": 1}, second["key"]: {"step": 2}}
        await rest.ask("PATCH", f"/reviews/{draft}", {"answers": answers})
        await rest.ask("POST", f"/reviews/{draft}/publish", {})
