"""Who the shop says its customer is, and what the next one at the same browser sees."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from playwright.async_api import expect

from tests.support.house import House
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


def proof(house: House, name: str) -> str:
    """Sign an id as the shop's server would."""
    return hmac.new(house.shop.identity_secret.encode(), name.encode(), hashlib.sha256).hexdigest()


async def test_f3_who_comes_after_a_log_out_sees_nothing_of_the_one_before(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.goes_to(site.url)
    await panel.calls("setUser", {"id": "ann", "name": "Ann"}, proof(house, "ann"))
    await panel.opens()
    await expect(panel.inside.get_by_text("Hi Ann, how can we help?")).to_be_visible()
    await panel.says("My secret order")
    await panel.shows("My secret order")
    await expect(panel.log.get_by_title("Sent")).to_be_visible()

    await panel.calls("reset")
    await panel.calls("setUser", {"id": "bob", "name": "Bob"}, proof(house, "bob"))
    await panel.opens()
    await expect(panel.inside.get_by_text("Hi Bob, how can we help?")).to_be_visible()
    await expect(panel.inside.get_by_text("My secret order")).to_have_count(0)
    await panel.says("I am Bob")
    await panel.shows("I am Bob")
    await panel.shows("My secret order", times=0)

    await panel.calls("setUser", {"id": "ann", "name": "Ann"}, proof(house, "ann"))
    await panel.shows("My secret order")
    await panel.shows("I am Bob", times=0)


async def test_a_stranger_who_signs_in_keeps_their_conversation(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Asked before signing in")
    await expect(panel.log.get_by_title("Sent")).to_be_visible()
    await panel.calls("setUser", {"id": "ann", "name": "Ann"}, proof(house, "ann"))
    await panel.shows("Asked before signing in")
    await panel.says("Said after it")
    await panel.shows("Said after it")
    assert await house.db.fetchval("SELECT count(*) FROM conversation") == 1


async def test_f1_a_wrong_proof_is_refused_in_words_and_the_page_hears_of_it(
    site: Site, panel: Panel
) -> None:
    site.before = """<script nonce="shop">
        window.Kefu = function () { (Kefu.q = Kefu.q || []).push(arguments) };
        window.wrong = [];
        Kefu('on', 'error', (error) => wrong.push(error.code));
        Kefu('setUser', { id: 'ann' }, 'not the proof');
    </script>"""
    await panel.goes_to(site.url)
    await panel.button.click()
    await expect(panel.inside.get_by_text("Please sign in to the shop to chat")).to_be_visible()
    assert await panel.page.evaluate("() => wrong") == ["unauthorized"]
