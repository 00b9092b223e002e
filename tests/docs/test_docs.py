"""What the documentation refers to exists, and what it must name it names."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.places import PROJECT

PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```", re.DOTALL)
FILE = re.compile(r"`((?:server|routing|storage|web|tests|docs|requirements)/[\w./-]+)`")
SETTING = re.compile(r"\bKEFU_[A-Z_]+\b")


def named(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def links(page: Path) -> Iterator[str]:
    for target in LINK.findall(CODE.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} does not exist"
        assert not anchor or anchor in anchors(there), f"{target} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_file_that_is_named_exists(page: Path) -> None:
    for path in FILE.findall(page.read_text()):
        assert (PROJECT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    known = set(SETTING.findall((PROJECT / "docs/reference/settings.md").read_text()))
    told_elsewhere = {"KEFU_BROWSER_REQUIRED", "KEFU_"}
    assert set(SETTING.findall(page.read_text())) - told_elsewhere <= known


def test_every_page_is_reached_from_the_index() -> None:
    index = PROJECT / "docs/README.md"
    reached = {(index.parent / target.partition("#")[0]).resolve() for target in links(index)}
    assert set((PROJECT / "docs").rglob("*.md")) - reached == {index}


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    web = json.loads((PROJECT / "web/package.json").read_text())
    extras = project["project"]["optional-dependencies"].values()
    groups = [project["project"]["dependencies"], *extras, *project["dependency-groups"].values()]
    python = {re.match(r"[\w.-]+", each)[0] for group in groups for each in group}  # pyright: ignore
    bench = json.loads((PROJECT / "loadtest/bench/references/node/package.json").read_text())
    packages = [web.get("dependencies", {}), web.get("devDependencies", {}), bench["dependencies"]]
    wanted = python.union(*packages)
    page = (PROJECT / "docs/reference/dependencies.md").read_text()
    assert set(re.findall(r"^\| `([^`]+)` \| \S", page, re.MULTILINE)) == wanted


def test_no_address_of_a_package_registry_is_named() -> None:
    forbidden = re.compile(r"pypi\.org|pythonhosted|npmjs|registry\.", re.IGNORECASE)
    assert [named(page) for page in PAGES if forbidden.search(page.read_text())] == []
