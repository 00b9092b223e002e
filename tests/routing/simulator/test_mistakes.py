"""A file with a mistake gets a sentence that names the field."""

import json
from collections.abc import Callable
from copy import deepcopy

import pytest

from routing.facts import QueueFacts, Ring
from routing.simulator.change import Change, changed
from routing.simulator.scenario import read
from routing.simulator.traffic import Line, Person, Traffic
from routing.simulator.wording import Mistake, converted

GOOD = {
    "types": [
        {"rate": 0.1, "mean": 300, "req": ["a"]},
        {"rate": 0.1, "mean": 300, "req": ["b"], "rings": [[0, 3], [20, 1]]},
    ],
    "agents": [
        {"skills": {"a": [1, 1.0]}},
        {"skills": {"a": [2, 1.1], "b": [3, 0.9]}, "cap": 2, "primary": ["b", "a"]},
    ],
}

Spoil = Callable[[dict], object]


def complaint(spoil: Spoil, *, of_many: bool = False) -> str:
    fields = deepcopy(GOOD)
    spoil(fields)
    text = json.dumps({"scenarios": {"mine": fields}} if of_many else fields)
    with pytest.raises(Mistake) as caught:
        read(text.encode())
    return str(caught.value)


def put(*path: str | int, value: object) -> Spoil:
    def spoil(fields: dict) -> None:
        place = fields
        for step in path[:-1]:
            place = place[step]  # pyright: ignore[reportArgumentType]
        place[path[-1]] = value  # pyright: ignore[reportArgumentType]

    return spoil


def test_the_good_file_is_good() -> None:
    file = read(json.dumps(GOOD).encode())
    assert file.scenarios["scenario"].agents[1].skills["b"] == (3, 0.9)
    assert list(read(json.dumps({"scenarios": {"x": GOOD}}).encode()).scenarios) == ["x"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            put("agents", 1, "skills", "b", value=[0, 1.0]),
            "scenario.agents[1].skills.b: level must be 1 or more",
        ),
        (
            put("agents", 1, "skills", "a", value=["x", 1]),
            "scenario.agents[1].skills.a: level must be a whole number, not text",
        ),
        (
            put("agents", 1, "skills", "a", value=[1, 0]),
            "scenario.agents[1].skills.a: speed must be more than 0",
        ),
        (
            put("agents", 0, "skills", "a", value=[1]),
            "scenario.agents[0].skills.a: must have 2 parts",
        ),
        (
            put("agents", 0, "cap", value=1.5),
            "scenario.agents[0].cap: must be a whole number, not a number",
        ),
        (put("agents", 0, "cap", value=10**9), "scenario.agents[0].cap: must be 1000 or less"),
        (put("agents", 0, "kap", value=1), "scenario.agents[0].kap: there is no such field"),
        (
            put("agents", 1, "primary", value=["c"]),
            "scenario.agents[1].primary: “c” is not among their skills",
        ),
        (put("agents", value=[]), "scenario.agents: must have 1 or more"),
        (put("types", 0, "rate", value=0), "scenario.types[0].rate: must be more than 0"),
        (
            put("types", 0, "rate", value="often"),
            "scenario.types[0].rate: must be a number, not text",
        ),
        (lambda it: it["types"][1].pop("mean"), "scenario.types[1].mean: is missing"),
        (
            put("types", 1, "pref_prob", value=2),
            "scenario.types[1].pref_prob: must be 1 or less",
        ),
        (
            put("types", 1, "rings", value=[[0, 3], [20, 0]]),
            "scenario.types[1].rings[1]: level must be 1 or more",
        ),
        (
            put("types", 1, "rings", value=[[5, 3]]),
            "scenario.types[1].rings[0]: the first ring opens after 0 s",
        ),
        (
            put("types", 1, "rings", value=[[0, 3], [9, 2], [9, 1]]),
            "scenario.types[1].rings[2]: opens after 9 s, not later than the one before",
        ),
        (
            put("types", 0, "req", value=["c"]),
            "scenario.types[0].req: no agent has c at level 1",
        ),
        (put("slow", value=[1, 0]), "scenario.slow[1]: must be more than 0"),
        (put("room", value=-1), "scenario.room: must be 0 or more"),
    ],
)
def test_a_mistake_is_named(spoil: Spoil, sentence: str) -> None:
    assert complaint(spoil) == sentence


def test_of_many_scenarios_the_one_is_named() -> None:
    spoil = put("agents", 1, "skills", "b", value=[0, 1.0])
    assert complaint(spoil, of_many=True).startswith("scenarios.mine.agents[1].skills.b: level")


def test_a_field_that_is_misspelt_is_not_passed_over() -> None:
    assert complaint(put("romm", value=3)).startswith("scenario.romm: there is no such field")


def test_remarks_are_allowed() -> None:
    assert read(json.dumps({**GOOD, "note": "as last year"}).encode())


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b"3", b'{"scenarios": []}', b'{"scenarios": {}}', b"[" * 100_000]
)
def test_what_is_no_scenario_at_all_is_said_so(text: bytes) -> None:
    with pytest.raises(Mistake):
        read(text)


def test_a_change_names_what_it_does_not_find() -> None:
    nobody = Traffic(span=(0.0, 1.0), lines=(), people=())
    for fields, sentence in (
        ({"queues": {"x": {}}}, "change.queues.x: there is no queue x; there are none"),
        ({"agents": {"remove": ["a@b"]}}, "change.agents.remove: there is no agent a@b"),
        ({"agents": {"change": {"a@b": {"capacity": 0}}}}, "change.agents.change.a@b.capacity: "),
        ({"agents": {"add": [{"skills": {"a": 6}}]}}, "change.agents.add[0].skills.a: must be 5"),
        ({"agnets": {}}, "change.agnets: there is no such field"),
    ):
        with pytest.raises(Mistake) as caught:
            changed(nobody, converted(fields, Change, "change"))
        assert str(caught.value).startswith(sentence)


SMALL_SHOP = Traffic(
    span=(0.0, 1.0),
    lines=(
        Line(
            key="orders", facts=QueueFacts(id="q", rings=(Ring(after_s=0.0, needs={"orders": 2}),))
        ),
    ),
    people=(Person(id="1", key="mei@shop.example", skills={"lang:en": 3}),),
    skills=("lang:en", "orders", "returns"),
)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"agents": {"add": [{"skills": {"ordrs": 5}}]}},
            "change.agents.add[0].skills.ordrs: there is no skill ordrs; perhaps orders is meant",
        ),
        (
            {"agents": {"change": {"mei@shop.example": {"skills": {"Return": 5}}}}},
            "change.agents.change.mei@shop.example.skills.Return:"
            " there is no skill Return; perhaps returns is meant",
        ),
        (
            {"queues": {"orders": {"needs": {"xyz": 5}}}},
            "change.queues.orders.needs.xyz:"
            " there is no skill xyz; there are lang:en, orders, returns",
        ),
        (
            {"queues": {"orders": {"preferred": {"lang:eng": 5}}}},
            "change.queues.orders.preferred.lang:eng:"
            " there is no skill lang:eng; perhaps lang:en is meant",
        ),
        (
            {"queues": {"ordres": {"weight": 2}}},
            "change.queues.ordres: there is no queue ordres; perhaps orders is meant",
        ),
        (
            {"agents": {"add": [{"skills": {}, "like": "mai@shop.example"}]}},
            "change.agents.add[0].like:"
            " there is no agent mai@shop.example; perhaps mei@shop.example is meant",
        ),
    ],
)
def test_a_change_with_a_name_misspelt_is_told_what_is_near(
    fields: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Mistake) as caught:
        changed(SMALL_SHOP, converted(fields, Change, "change"))
    assert str(caught.value) == sentence


def test_a_skill_that_nobody_has_yet_can_be_tried() -> None:
    learnt = {"agents": {"add": [{"skills": {"returns": 5}}]}}
    assert changed(SMALL_SHOP, converted(learnt, Change, "change")).people[1].skills == {
        "returns": 5
    }
