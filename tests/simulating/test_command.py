"""`kefu simulate` as a person uses it."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from server.__main__ import main
from server.commands.refused import Refused
from server.commands.simulate import seeds

SCENARIO = {
    "desc": "Four who speak, one who listens",
    "types": [{"rate": 0.012, "mean": 300, "req": ["a"], "patience": 200}],
    "agents": [{"skills": {"a": [1, 1.0]}}] * 4,
    "policies": ["longest_idle", "random"],
}
SHORT = ("--warm", "100", "--measure", "400", "--seeds", "1..3", "--jobs", "1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "four.json"
    path.write_text(json.dumps(SCENARIO))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run the command; what it printed, or complained of."""
    main(["simulate", *map(str, arguments)])
    printed = capsys.readouterr()
    return printed.out or printed.err


def test_json_has_each_policy_with_means_and_half_widths(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(said(capsys, file, "--policy", "all", "--json", *SHORT))
    assert list(found) == ["longest_idle", "random"]
    for metrics in found.values():
        for name in ("mean_wait", "p_wait", "sl", "p_abandon", "p_block", "asa", "p95"):
            mean, half = metrics[name]
            assert mean >= 0 <= half
            assert metrics[f"{name}[0]"] == metrics[name]
        assert metrics["p_pref"] is None
    assert found["longest_idle"]["mean_wait"] == found["random"]["mean_wait"]
    assert found["random"]["paired"]["less"] == "longest_idle"
    assert found["random"]["paired"]["mean_wait"] == [0.0, 0.0]


def test_the_table_compares_with_intervals(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = said(capsys, file, *SHORT)
    assert "3 runs of 400 customers after 100" in table
    assert "less longest_idle" in table
    assert table.count("±") > 20


def test_results_are_held_against_a_reference(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = json.loads(said(capsys, file, "--policy", "random", "--json", *SHORT))["random"]
    far = own["mean_wait"][0] + 10 * own["mean_wait"][1]
    reference = {"four": {"random": {"sl": own["sl"], "mean_wait": far}}}
    many = tmp_path / "many.json"
    many.write_text(json.dumps({"scenarios": {"four": SCENARIO}, "reference": reference}))
    table = said(capsys, many, "--scenario", "four", "--reference", *SHORT)
    assert "2 comparisons with the reference, 1 beyond what is allowed." in table


def test_many_scenarios_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = tmp_path / "many.json"
    many.write_text(json.dumps({"scenarios": {"a": SCENARIO, "b": SCENARIO}}))
    found = json.loads(said(capsys, many, "--policy", "random", "--json", *SHORT))
    assert list(found) == ["a", "b"]
    assert found["a"] == found["b"]


def test_the_picture_is_well_formed_and_says_what_it_shows(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "four.svg"
    said(capsys, file, "--plot", picture, *SHORT)
    root = ET.fromstring(picture.read_text())
    words = root.find("{http://www.w3.org/2000/svg}desc")
    assert root.get("role") == "img"
    assert words is not None
    assert "random: mean wait, s" in (words.text or "")
    assert "http" not in picture.read_text().replace("http://www.w3.org/2000/svg", "")


def test_of_one_run_nobody_is_told_how_sure_it_is(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    once = (*SHORT[:4], "--seeds", "7", "--jobs", "1", "--policy", "longest_idle,fastest_first")
    table = said(capsys, file, *once, "--plot", tmp_path / "one.svg")
    assert "One run, with the seed 7, of 400 customers after 100" in table
    assert "nobody knows how sure it is: there is no interval" in table
    assert "±" not in table
    assert "*" not in table
    assert "± ?" in (tmp_path / "one.svg").read_text()
    mean, half = json.loads(said(capsys, file, *once, "--json"))["longest_idle"]["mean_wait"]
    assert (mean > 0, half) == (True, None)


@pytest.mark.slow
def test_two_processes_find_what_one_finds(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = said(capsys, file, "--json", *SHORT)
    assert said(capsys, file, "--json", *SHORT[:-1], "2") == one


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--policy", "luck"], "There is no policy luck"),
        (["--scenario", "five"], "There is no scenario five"),
        (["--seeds", "9..1"], "--seeds must be"),
        (["--seeds", "some"], "--seeds must look like 1..20"),
        (["--measure", "0"], "--measure"),
        (["--recorded", "2026-03-02"], "Name a file with scenarios, or --recorded"),
        (["--change", "more.json"], "A --change is for --recorded and --forecast"),
        (["--plot", "no/such/folder/x.svg"], "--plot no/such/folder/x.svg: there is no folder"),
        (["--plot", "."], "--plot .: there is no folder"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    arguments: list[str], sentence: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complaint = said(capsys, file, *arguments)
    assert complaint.startswith("kefu simulate: ")
    assert sentence in complaint


def test_a_file_that_is_not_there_or_wrong_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "cannot be read" in said(capsys, tmp_path / "none.json")
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**SCENARIO, "agents": [{"skills": {"a": [0, 1]}}]}))
    assert "wrong.json: scenario.agents[0].skills.a: level must be 1 or more." in said(
        capsys, wrong
    )


def test_who_would_wait_for_ever_is_told_of_instead_of_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first customers take all that one agent can do, and the others nobody has time for."""
    types = [
        {"rate": rate, "mean": 300, "req": ["a"], "prio": at} for at, rate in enumerate((1, 1))
    ]
    path = tmp_path / "flood.json"
    path.write_text(json.dumps({"types": types, "agents": [{"skills": {"a": [1, 1]}}]}))
    short = ("--warm", "0", "--measure", "50", "--seeds", "1", "--jobs", "1")
    assert "scenario: some customers would wait for ever" in said(
        capsys, path, "--policy", "longest_idle", *short
    )


def test_seeds_are_a_range_or_one() -> None:
    assert list(seeds("3..5")) == [3, 4, 5]
    assert list(seeds("7")) == [7]
    with pytest.raises(Refused):
        seeds("1..100000")


def test_help_says_that_one_seed_is_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
    helped = " ".join(capsys.readouterr().out.split())
    assert "(1..20: twenty runs); one number is one run, without an interval" in helped
