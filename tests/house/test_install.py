"""What a newcomer is told when the machine cannot do it."""

import importlib.util
import re
import sys
from pathlib import Path
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
    for name in ("run", "develop", "load", "trace", "web"):
        text = (PROJECT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        pins = [line for line in text.splitlines() if line[:1].isalnum()]
        assert pins
        assert all("==" in line and line.endswith("\\") for line in pins)


def test_sets_that_share_a_package_share_its_version() -> None:
    """One can be installed over the other."""
    sets = [pins(name) for name in ("run", "develop", "load", "trace")]
    for one in sets:
        for other in sets:
            assert {name: one[name] for name in one.keys() & other.keys()}.items() <= other.items()


def pins(name: str) -> dict[str, str]:
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def test_a_second_set_is_remembered_beside_the_first(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(install, "STAMP", str(tmp_path / "installed"))
    monkeypatch.setattr(install, "has_pip", lambda: True)
    monkeypatch.setattr(install, "PYTHON", sys.executable)
    monkeypatch.setattr(install, "pip", lambda *arguments: installed.append(arguments[-1]))
    monkeypatch.setattr(install, "say", lambda _: None)

    for wanted in ("develop", "load", "develop", "load", "run"):
        assert install.main(wanted) is None

    assert installed == ["requirements/develop.txt", ".", "requirements/load.txt", "."]
