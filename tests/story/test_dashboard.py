"""The dashboard shows what a node really exports, and all of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.places import PROJECT
from tests.support.house import House
from tests.support.line import Refused

DASHBOARD = json.loads((PROJECT / "deploy/grafana/kefu.json").read_text())
PANELS: list[dict[str, Any]] = [each for each in DASHBOARD["panels"] if each["type"] != "row"]
OF_PROMETHEUS = {"instance", "le"}
"""Labels that Prometheus adds, or that only buckets have."""

METRIC = re.compile(r"\b(?:kefu|process)_\w+")
UNSHOWN = {"process_virtual_memory_bytes"}
"""What comes with the others of a process, and tells nothing."""

SELECTED = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
SHOWN = re.compile(r"{{(\w+)}}")


def queries() -> list[tuple[str, str, str]]:
    """Return (panel, expression, legend) of everything that is drawn, and of what may be chosen."""
    drawn = [
        (panel["title"], target["expr"], target["legendFormat"])
        for panel in PANELS
        for target in panel["targets"]
    ]
    choices = [
        (each["label"], each["query"]["query"], "")
        for each in DASHBOARD["templating"]["list"]
        if each["type"] == "query"
    ]
    return drawn + choices


async def exported(house: House) -> dict[str, set[str]]:
    """Return what a node exports after a day's work, by the name of the sample: its labels."""
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)
    stranger = await house.visitor(connect=False)
    stranger.auth = {"site": "no such shop"}
    with pytest.raises(Refused):
        await stranger.connects()
    async with house.rest(agent) as rest:
        status, _ = await rest.ask("DELETE", "/sessions/current")
    assert status == 204
    await agent.hears("session:ended")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{house.url}/metrics") as response,
    ):
        text = await response.text()
    labels: dict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels[sample.name] |= set(sample.labels)
    return labels


async def test_every_metric_and_label_of_the_dashboard_is_exported(house: House) -> None:
    labels = await exported(house)
    for panel, expression, legend in queries():
        names = METRIC.findall(expression)
        assert names, f"{panel} shows nothing of ours"
        assert set(names) <= labels.keys(), f"{panel}: {set(names) - labels.keys()}"
        grouped = {each.strip() for by in GROUPED.findall(expression) for each in by.split(",")}
        known = set.intersection(*(labels[name] for name in names)) | OF_PROMETHEUS
        used = grouped | set(SELECTED.findall(expression))
        assert used <= known, f"{panel}: {used - known}"
        assert set(SHOWN.findall(legend)) <= grouped, f"{panel}: {legend}"


async def test_everything_that_is_exported_is_on_the_dashboard(house: House) -> None:
    labels = await exported(house)
    shown = {name for _, expression, _ in queries() for name in METRIC.findall(expression)}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown}
    there = {
        re.sub(r"_(bucket|count|sum)$", "", name)
        for name in labels
        if not name.endswith("_created")
    }
    assert there - UNSHOWN == families


def test_the_panels_have_a_place_and_say_what_they_are() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert all(panel["description"] for panel in PANELS)
