"""The page at ``/``: its language, and that it links what it looks like."""

from __future__ import annotations

import pytest

from server.http import front


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh-TW;q=0.7", "zh-CN"),
        ("de, zh;q=0.5", "zh-CN"),
        ("zh;q=0", "en"),
        (";;q=,x;q=9.9999", "en"),
    ],
)
def test_the_language_is_the_first_that_we_speak(accepted: str, language: str) -> None:
    assert front.language_of(accepted) == language


def test_nothing_stands_inline_and_the_shop_is_named_only_where_there_is_one() -> None:
    with_shop, without = (front.page("zh-CN", has_shop=has) for has in (True, False))
    assert '<link rel="stylesheet" href="/front.css">' in with_shop
    assert "style=" not in with_shop
    assert "<style" not in with_shop
    assert "/shop/" in with_shop
    assert "/shop/" not in without
