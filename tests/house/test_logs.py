"""Nothing that people wrote, and nothing that proves who they are, reaches the logs."""

import json
import logging

import pytest
import structlog

from server import logs
from server.settings import Settings

SECRET = "the-secret-word"


@pytest.fixture
def _logging(monkeypatch: pytest.MonkeyPatch):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "field",
    ["text", "comment", "password", "token", "identity_secret", "secret_key", "Authorization"],
)
def test_private_fields_are_dropped_at_any_depth(field: str) -> None:
    event = {"event": "happened", field: SECRET, "inside": [{"deep": {field: SECRET, "n": 1}}]}
    cleaned = logs.drop_private(None, "info", event)
    assert SECRET not in repr(cleaned)
    assert cleaned == {"event": "happened", "inside": [{"deep": {"n": 1}}]}


@pytest.mark.usefixtures("_logging")
def test_a_line_is_json_and_says_what_when_and_how_bad(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))

    structlog.stdlib.get_logger().info("message_stored", conversation_id=7, text=SECRET)

    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "message_stored", "level": "info", "conversation_id": 7}


@pytest.mark.usefixtures("_logging")
def test_lines_of_libraries_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))

    logging.getLogger("aiohttp.server").warning("Something %s", "odd")

    assert json.loads(capsys.readouterr().err)["event"] == "Something odd"


@pytest.mark.usefixtures("_logging")
def test_people_can_read_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="console"))

    try:
        int("no")
    except ValueError:
        structlog.stdlib.get_logger().exception("it_failed")

    said = capsys.readouterr().err
    assert "it_failed" in said
    assert "ValueError: invalid" in said
