"""Letters say in both languages what the console says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.services.mail.letters import Envelope, Letter, seal
from server.services.mail.words import EN, ZH, words_of, written
from storage.alert_rules import Metric
from tests.support.words import console_words


def test_both_languages_say_everything_with_the_same_parts() -> None:
    assert EN.keys() == ZH.keys()
    for key, text in EN.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", ZH[key])), key
    assert {f"said.{metric}" for metric in get_args(Metric)} <= EN.keys()


@pytest.mark.parametrize(("language", "words"), [("en", EN), ("zh", ZH)])
def test_figures_are_called_what_the_console_calls_them(
    language: str, words: dict[str, str]
) -> None:
    console = console_words(language)
    for key, text in words.items():
        if key.startswith("figure."):
            assert f"'{key}': '{text}'," in console


def test_the_shop_decides_language_and_clock() -> None:
    assert words_of("zh-TW", "Asia/Shanghai").language == "zh-CN"
    berlin = words_of("de", "Europe/Berlin")
    assert (berlin.language, berlin.zone) == ("en", ZoneInfo("Europe/Berlin"))
    assert berlin.moment(datetime(2026, 7, 1, 22, 5, tzinfo=UTC)) == "2026-07-02 00:05"
    assert berlin.say("report", name="{days}", days="x") == "{days}: x"


def test_values_are_written_as_on_the_page() -> None:
    assert written("seconds", 3723.4) == "1:02:03"
    assert written("seconds", 80) == "1:20"
    assert [written("share", each) for each in (0.845, 1.0, 0.0)] == ["84.5%", "100%", "0%"]
    assert [written("count", 12345), written("score", 4.25)] == ["12,345", "4.25"]


@pytest.mark.parametrize("address", ["名字@shop.example", "a b@shop.example", "x@y@shop.example"])
def test_an_address_that_no_mail_can_go_to_is_refused(address: str) -> None:
    letter = Letter(language="en", subject="Hello", lines=[], foot="")
    envelope = Envelope(UUID(int=7), "kefu@shop.example", "Shop", address, datetime.now(UTC))
    with pytest.raises(ValueError, match=r".+"):
        seal(letter, envelope)
