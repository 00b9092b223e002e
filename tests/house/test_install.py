"""What a newcomer is told when the machine cannot do it."""

import importlib.util
import sys
from types import ModuleType

import pytest

from server.places import PROJECT


@pytest.fixture
def install() -> ModuleType:
    path = PROJECT / "requirements" / "install.py"
    spec = importlib.util.spec_from_file_location("kefu_install", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_is_told_in_a_sentence(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    said = install.main("run")
    assert said.startswith("Kefu needs Python 3.11 or newer, and this is 3.9.")
    assert "make up PYTHON=" in said


def test_a_python_without_venv_is_told_which_package_brings_it(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "is_installed", lambda _: False)
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "python3-venv" in install.main("run")


def test_nothing_is_installed_twice(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "is_installed", lambda name: name == "develop")
    assert install.main("run") is None


def test_pins_carry_hashes_and_no_addresses() -> None:
    for name in ("run", "develop", "web"):
        text = (PROJECT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        pins = [line for line in text.splitlines() if line[:1].isalnum()]
        assert pins
        assert all("==" in line and line.endswith("\\") for line in pins)
