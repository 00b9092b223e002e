"""E-mail in the console: who is told of alerts, and reports on a schedule; nothing without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from pydantic import SecretStr
from pytest_asyncio import fixture

from tests.mail.conftest import OtherServer
from tests.support.house import House, open_house
from tests.web.console import Console
from tests.web.test_console_live import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(90)]

LEAVES_MS = 15_000


@fixture(loop_scope="session")
async def mail_server() -> AsyncIterator[OtherServer]:
    """A real SMTP server."""
    server = OtherServer()
    await server.opens()
    yield server
    await server.closes()


@fixture(loop_scope="session")
async def mailing(
    built: None, dsn: str, redis_url: str, tmp_path: Path, mail_server: OtherServer
) -> AsyncIterator[House]:
    """A house from which e-mail goes out."""
    url = SecretStr(f"smtp+plain://127.0.0.1:{mail_server.port}")
    mail: dict[str, Any] = {"smtp_url": url, "mail_from": "kefu@shop.example"}
    async with open_house(dsn, redis_url, tmp_path, **mail) as opened:
        yield opened


async def test_a_report_is_put_on_a_schedule_and_sent_now(
    mailing: House, tab: Page, mail_server: OtherServer
) -> None:
    lea = await mailing.agent("Lea", role="supervisor", connect=False)
    await mailing.agent("Lin", connect=False)
    console = Console(tab, mailing.url)
    await console.sits_down(lea.token)
    await console.goes_to("#/admin/reports")
    opener = tab.get_by_role("button", name="By e-mail")
    await opener.click()
    dialog = tab.get_by_role("dialog", name="Reports by e-mail")
    await expect(dialog.get_by_text("No report is sent yet")).to_be_visible()
    await console.is_accessible()
    await console.presses("Tab", "Enter")

    await expect(dialog.get_by_label("Lea")).to_be_checked()
    await expect(dialog.get_by_label("Lin")).to_have_count(0)
    await dialog.get_by_label("Name").fill("Morning")
    await dialog.get_by_label("By", exact=True).select_option("Agent")
    await dialog.get_by_label("Sent", exact=True).select_option("Every Monday")
    await dialog.get_by_label("At", exact=True).fill("07:30")
    await dialog.get_by_label("Lea").uncheck()
    await dialog.get_by_role("button", name="Add report").click()
    await expect(dialog.get_by_text("Choose at least one person")).to_be_visible()
    await dialog.get_by_label("Lea").check()
    await console.is_accessible()
    await dialog.get_by_role("button", name="Add report").click()
    await dialog.get_by_role("button", name="Send it to me now").click()
    await expect(dialog.get_by_text("Last sent just now")).to_be_visible(timeout=LEAVES_MS)
    await console.is_accessible()
    await picture(tab, "sent-report")

    await dialog.get_by_role("button", name="All of them").click()
    await expect(dialog.get_by_text("Every Monday at 7:30")).to_be_visible()
    await expect(dialog.get_by_text("Last sent")).to_be_visible()
    [letter] = mail_server.letters
    assert letter["Subject"].startswith("Morning: ")
    [book] = letter.iter_attachments()
    assert book.get_filename().startswith("kefu-agent-")
    await tab.set_viewport_size({"width": 390, "height": 844})
    await console.is_accessible()
    await picture(tab, "sent-reports-phone")
    await tab.set_viewport_size({"width": 1280, "height": 800})
    await console.presses("Escape")
    await expect(opener).to_be_focused()

    await console.goes_to("#/admin/alerts/new")
    told = tab.get_by_role("group", name="Told by e-mail")
    await told.get_by_label("Lea").check()
    await console.is_accessible()
    await picture(tab, "alert-mail")
    await tab.get_by_role("button", name="Add alert").click()
    await expect(told.get_by_label("Lea")).to_be_checked()


async def test_where_no_mail_goes_out_it_is_shown_and_said_what_to_set(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    await console.goes_to("#/admin/reports")
    await expect(tab.get_by_role("button", name="By e-mail")).to_be_disabled()
    await expect(tab.get_by_text("sets KEFU_SMTP_URL and KEFU_MAIL_FROM")).to_be_visible()
    await console.is_accessible()
    await console.goes_to("#/admin/alerts/new")
    await expect(tab.get_by_role("checkbox", name="Lea")).to_be_disabled()
    await expect(tab.get_by_text("sets KEFU_SMTP_URL and KEFU_MAIL_FROM")).to_be_visible()
    await console.is_accessible()
