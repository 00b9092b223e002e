"""What a node can be told, and how it complains."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from server.commands.wording import explain, unknown_variables
from server.reference import settings_page
from server.settings import Settings


def complaints(**values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings(**values)
    return " ".join(explain(caught.value))


def test_every_number_names_its_unit_or_counts_something() -> None:
    counted = ("_max", "_min", "_burst", "_per_s", "per_minute", "_packets")
    counted += ("_per_address", "_per_session")
    others = {"port", "sessions_per_visitor", "conversations_per_hour", "trace_share"}
    for name, field in Settings.model_fields.items():
        if field.annotation in (int, float) and name not in others:
            assert name.endswith(("_s", "_bytes", "_chars", *counted)), name


def test_every_setting_says_what_it_does_and_every_number_has_a_range() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        if field.annotation in (int, float):
            assert len(field.metadata) == 2, name


def test_p13_every_limit_can_be_read_in_the_reference() -> None:
    page = settings_page()
    for name in Settings.model_fields:
        assert f"`KEFU_{name.upper()}`" in page


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        (None, "http://localhost:8080"),
        ("https://Chat.Example.com/", "https://chat.example.com"),
        ("http://10.0.0.1:9000", "http://10.0.0.1:9000"),
    ],
)
def test_our_origin_is_what_browsers_send(given: str | None, origin: str) -> None:
    assert Settings(public_url=given).origin == origin


@pytest.mark.parametrize("wrong", ["chat.example.com", "ftp://x", "https://x/path", "https://u@x"])
def test_an_address_that_is_no_origin_is_refused(wrong: str) -> None:
    assert "KEFU_PUBLIC_URL must" in complaints(public_url=wrong)


def test_a_weak_secret_is_refused_and_not_repeated() -> None:
    said = complaints(secret_key=SecretStr("hunter2"))
    assert said == "KEFU_SECRET_KEY is weak: use 32 random characters or more."


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://kefu:p%40ss@mail.example", ("mail.example", 587, "starttls", "kefu", "p@ss")),
        ("smtps://mail.example:4650", ("mail.example", 4650, "from_the_start", None, "")),
        ("smtp+plain://localhost", ("localhost", 25, "none", None, "")),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, server: tuple[object, ...]) -> None:
    setting = Settings(smtp_url=SecretStr(url), mail_from="kefu@shop.example").mail
    assert setting is not None
    assert tuple(getattr(setting.server, name) for name in setting.server.__slots__) == server
    assert Settings().mail is None


@pytest.mark.parametrize(
    "wrong",
    [
        "mail.example:587",
        "smtp://",
        "smtp://me:hunter2@mail.example/inbox",
        "smtp+plain://me:hunter2@mail.example",
        "smtp://me:hunter2@mail.example:port",
    ],
)
def test_a_mail_server_that_is_none_is_refused_and_not_repeated(wrong: str) -> None:
    told = complaints(smtp_url=SecretStr(wrong), mail_from="kefu@shop.example")
    assert told.startswith("KEFU_SMTP_URL")
    assert "hunter2" not in told


def test_a_mail_server_needs_an_address_to_send_from() -> None:
    given = SecretStr("smtp://mail.example")
    for wrong in (None, "Kefu <kefu@shop.example>", "kefu@shop.example\nBcc: x@y.example"):
        told = complaints(smtp_url=given, mail_from=wrong)
        assert told.startswith("KEFU_MAIL_FROM")


def test_a_number_out_of_range_is_refused_with_the_range() -> None:
    assert complaints(port=70000) == "KEFU_PORT should be less than or equal to 65535."


def test_a_misspelt_variable_is_told_and_the_right_one_named() -> None:
    said = unknown_variables(["HOME", "KEFU_DATABSE_URL", "KEFU_PORT", "KEFU_ZZZZ"])
    assert said == [
        "There is no setting KEFU_DATABSE_URL. Did you mean KEFU_DATABASE_URL?",
        "There is no setting KEFU_ZZZZ.",
    ]


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        secret_key=SecretStr("s" * 40),
        database_url=SecretStr("postgresql://me:hunter2@host/x"),
        smtp_url=SecretStr("smtp://me:hunter2@mail.example"),
        mail_from="kefu@shop.example",
    )
    assert "hunter2" not in repr(settings.mail)
    assert "ssss" not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_the_environment_is_read_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_PORT", "9090")
    monkeypatch.setenv("KEFU_TRUSTED_PROXIES", "10.0.0.0/8, ::1/128")
    settings = Settings()
    assert settings.port == 9090
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
