"""Bars, curves and what is installed for the references."""

from __future__ import annotations

import json
import re
from math import nan
from pathlib import Path
from xml.etree import ElementTree

import pytest

from loadtest.bench.bars import Bar, report
from loadtest.bench.compared import Figures, Measured, all_bars
from loadtest.bench.contestants import BARE, KEFU, NODE
from loadtest.bench.curves import Chart, charts, draw, in_words
from loadtest.bench.measuring import Result
from loadtest.bench.outside import idle_kb, sizes
from loadtest.bench.references.npm import SOURCE
from loadtest.bench.scenes import Cost
from loadtest.bench.tables import generators, messages
from loadtest.bench.talks import Volume
from server.places import PROJECT


def cost(server_us: float, postgres_us: float = 0.0, late_ms: float = 0.0) -> Cost:
    volume = Volume(1000, 2.0, 1.5, 6.0, 5.0, late_ms, 0.5)
    return Cost(server_us, postgres_us, 1.0, 0.9, volume)


def results() -> list[Result]:
    return [
        Result(KEFU.name, 1, cost(60.0, 90.0), quiet=cost(300.0, 200.0)),
        Result(BARE.name, 1, cost(160.0)),
        Result(NODE.name, 1, cost(200.0, 200.0), quiet=cost(400.0, 200.0, late_ms=9.0)),
        Result(KEFU.name, 2, cost(90.0, 90.0)),
    ]


@pytest.mark.parametrize(
    ("bar", "verdict"),
    [
        (Bar("", 0.5, 0.5), "met"),
        (Bar("", 0.51, 0.5), "NOT MET"),
        (Bar("", 99.0, 100.0, is_least=True), "NOT MET"),
        (Bar("", 100.0, 100.0, is_least=True), "met"),
        (Bar("", nan, 1.0, measured_by="make check"), "make check"),
        (Bar("", nan, 1.0), "not measured"),
        (Bar("", 1.0, nan), "not measured"),
    ],
)
def test_a_bar_is_met_or_not_or_somebody_else_measures_it(bar: Bar, verdict: str) -> None:
    assert bar.verdict == verdict
    assert verdict in report([bar])


def test_bars_compare_kefu_with_the_others_of_the_same_run() -> None:
    found = {bar.name: bar for bar in all_bars(Measured(results()))}
    assert found["a message: node's CPU beside bare python-socketio's"].figure == 60 / 160
    assert found["a stored message: node + PostgreSQL beside Node's"].figure == 150 / 400
    assert found["the same at 200 a second"].figure == 500 / 600
    assert found["two nodes that every message crosses, beside one"].figure == 90 / 60


def test_nothing_is_met_that_was_not_measured() -> None:
    # These may have been run before.
    elsewhere = {"make check", "python -m loadtest.history", "python -m loadtest.idle"}
    for bar in all_bars(Measured()):
        assert bar.verdict != "met" or bar.measured_by in elsewhere, bar


def test_a_figure_that_is_not_there_is_not_a_number() -> None:
    figures = Figures(results())
    assert figures(KEFU, "closed.volume.p99_ms") == 6.0
    assert str(figures(KEFU, "half.volume.p99_ms")) == "nan"
    assert str(figures(NODE, "closed.server_us", 3)) == "nan"


def test_tables_name_everybody_and_mark_a_late_generator() -> None:
    table = messages(results())
    late = [line for line in table.splitlines() if "%!" in line]
    assert all(name in table for name in (KEFU.name, BARE.name, NODE.name))
    assert len(late) == 1
    assert late[0].startswith(NODE.name)
    assert "9.0 ms late" in generators(results())


def test_a_picture_is_well_formed_and_says_in_words_what_it_shows() -> None:
    drawn = charts(results())
    root = ElementTree.fromstring(draw(drawn))
    assert root.tag.endswith("svg")
    assert "151 at 500" in in_words(drawn)
    assert "501 at 500" in in_words(drawn)
    assert list(drawn[1].lines) == [KEFU.name], "one number of nodes is no curve"
    draw([Chart("nothing", "x", "y", {})])


def test_ten_thousand_sessions_may_have_been_measured_before(tmp_path: Path) -> None:
    kept = tmp_path / "idle.json"
    assert str(idle_kb(10_000, kept)) == "nan"
    kept.write_text('{"idle": {"sessions": 9000, "kb": 21.5}}')
    assert str(idle_kb(10_000, kept)) == "nan"
    assert idle_kb(9_000, kept) == 21.5


def test_sizes_are_weighed_by_the_limits_that_the_check_holds() -> None:
    limits = json.loads((PROJECT / "web/.size-limit.json").read_text())
    assert [bar.name for bar in sizes()] == [each["name"] for each in limits]


def test_what_the_node_reference_needs_is_pinned_with_hashes_and_no_address() -> None:
    wanted = json.loads((SOURCE / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    installed = {path: each for path, each in locked.items() if path}
    assert all("integrity" in each and "resolved" not in each for each in installed.values())
    assert {f"node_modules/{name}" for name in wanted} <= installed.keys()
