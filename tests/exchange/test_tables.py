"""Tables and JSON on their own: what is written is read again, and mistakes are found."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.admin.exchange import document, queue_fields
from server.services.admin.exchange.places import FAULTS_MAX, position_of
from server.services.admin.exchange.tables import (
    ENTRIES_MAX,
    defused,
    fused,
    read_table,
    write_table,
)

# PostgreSQL keeps no NUL, and UTF-8 no halves of pairs.
LETTERS = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
TEXTS = st.text(LETTERS, max_size=12)
NASTY = st.sampled_from(
    ["=1+1", "'=x", "''@a", "+", "-5", "\t", "\r", "a\nb", '"', "＝x", " =2", ""]
)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9_:.-]{0,6}", fullmatch=True) | st.sampled_from(
    ["email", "name", "capacity", "skill:name", "lang:zh"]
)
NAMES = TEXTS | NASTY


@given(st.lists(st.lists(NAMES, min_size=2, max_size=2), max_size=6))
def test_cells_survive_a_spreadsheet_and_none_is_a_formula(rows: list[list[str]]) -> None:
    rows = [["x", *row] for row in rows]
    text = write_table([["key", "one", "two"], *rows])

    _, lines = read_table(text, "key")

    assert [line.cells for line in lines] == rows
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not any(cell.lstrip()[:1] in set("=+-@＝＋－＠") for cell in row)
        assert not any(cell.startswith(("\t", "\r", "\n")) for cell in row)


@given(NAMES)
def test_the_apostrophe_comes_and_goes(text: str) -> None:
    assert fused(defused(text)) == text


@given(
    st.dictionaries(KEYS, TEXTS, min_size=1, max_size=5),
    st.lists(
        st.tuples(NAMES, st.integers(1, 100), st.lists(st.integers(0, 5), min_size=5, max_size=5)),
        max_size=5,
    ),
)
def test_a_matrix_is_read_as_it_was_written(
    skills: dict[str, str], people: list[tuple[str, int, list[int]]]
) -> None:
    agents = [
        {
            "email": f"+{number}@shop.example",
            "name": name,
            "capacity": capacity,
            "skills": {key: level for key, level in zip(skills, levels, strict=False) if level},
        }
        for number, (name, capacity, levels) in enumerate(people)
    ]
    written = document.write_matrix(
        {"skills": [{"key": key, "name": name} for key, name in skills.items()], "agents": agents}
    )

    wanted = document.read_matrix(written)

    assert wanted.faults == []
    for entry, agent in zip(wanted.agents, agents, strict=True):
        levels: Any = entry.values["skills"]
        assert {key: int(level) for key, level in levels.items() if level} == agent["skills"]
        assert levels.keys() == skills.keys()
        assert entry.values.get("name", agent["name"]) == agent["name"]
        assert (entry.values["email"], int(str(entry.values["capacity"]))) == (
            agent["email"],
            agent["capacity"],
        )


@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=8) | st.just("a|b") | st.just("[x"), max_size=4)
)
def test_topics_are_read_as_they_were_written(topics: list[str]) -> None:
    assert queue_fields.from_text("topics", queue_fields.to_text("topics", topics)) == topics


@given(
    st.lists(
        st.tuples(KEYS, st.integers(1, 5), st.booleans(), st.lists(st.integers(1, 9), max_size=2)),
        max_size=4,
    )
)
def test_needs_of_a_queue_are_read_as_they_were_written(
    needs: list[tuple[str, int, bool, list[int]]],
) -> None:
    given_needs: list[dict[str, object]] = [
        {"skill": key, "level": level, "required": required, "steps": [[at, 0] for at in steps]}
        for key, level, required, steps in needs
    ]
    read: Any = queue_fields.from_text("skills", queue_fields.to_text("skills", given_needs))
    assert [{"steps": [], **need} for need in read] == given_needs


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1, 3]), st.data())
def test_a_value_in_json_is_found_again(
    value: object, indent: int | None, data: st.DataObject
) -> None:
    text, at, path = json.dumps(value, indent=indent), value, []
    while isinstance(at, list | dict) and at:
        step: Any = data.draw(
            st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at)))
        )
        at, path = at[step], [*path, step]

    line, column = position_of(text, path)

    rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
    assert json.JSONDecoder().raw_decode(rest)[0] == at


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", None, None),
        ("name;tea\nAda;3", 1, None),
        ("email,tea,tea\n", 1, 3),
        ("email,,tea\n", 1, 2),
        ("email,tea\na@b,3,4\n", 2, 3),
        ('email,tea\na@b,"3\n', 2, None),
        ("email,tea\n\na@b,9\n", 3, 2),
    ],
)
def test_what_is_no_matrix_is_refused_with_its_place(
    text: str, line: int | None, column: int | None
) -> None:
    [fault] = document.read_matrix(text).faults
    assert (fault.line, fault.column) == (line, column)


@pytest.mark.parametrize(
    ("columns", "column", "name"),
    [("email,refunds,skill:refunds", 3, "skill:refunds"), ("email,skill:tea,zh,tea", 4, "tea")],
)
def test_a_skill_with_two_columns_is_refused_by_the_name_of_the_second(
    columns: str, column: int, name: str
) -> None:
    read = document.read_matrix(f"{columns}\nada@b,5,0\n")

    [fault] = read.faults
    assert (fault.line, fault.column, fault.field, fault.code) == (1, column, name, "column")
    assert "the same skill" in fault.message
    assert read.agents == []


def test_a_skill_named_like_a_column_of_the_agent_is_not_twice() -> None:
    assert document.read_matrix("email,name,skill:name\na@b,Ada,3\n").faults == []


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_spreadsheets_of_any_country_are_read(sep: str) -> None:
    text = f"\ufeffemail{sep}tea{sep}\r\nA@b{sep}3{sep}\r\n{sep}{sep}\r\n"
    [entry] = document.read_matrix(text).agents
    assert entry.values == {"email": "A@b", "skills": {"tea": "3"}}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("{", 1, 2),
        ("[]", 1, 1),
        ('{\n "skils": []}', 2, 11),
        ('{"version": 2}', 1, 13),
        ('{"agents": {}}', 1, 12),
        ('{"agents": [\n  3]}', 2, 3),
        ("[" * 100_000, 1, None),
    ],
)
def test_what_is_no_setup_is_refused_with_its_place(
    text: str, line: int, column: int | None
) -> None:
    [fault] = document.read_json(text).faults
    assert (fault.line, fault.column) == (line, column)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        '{"agents": [' + ",".join(["1"] * 9_999) + "]}",
        '{"skills": [' + ",".join(["{}"] * 1_000_000) + "]}",
        '{"queues": [' + " " * 3_000_000 + ",".join(["1"] * 900) + "]}",
        "{" + ",".join(f'"a{number}": 1' for number in range(100_000)) + "}",
    ],
    ids=["no objects", "too many", "blanks", "no sections"],
)
def test_p13_a_file_of_nothing_but_mistakes_is_read_in_no_time(text: str) -> None:
    assert 1 <= len(document.read_json(text).faults) <= FAULTS_MAX


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "email," + ",".join(f"c{number}" for number in range(300_000)),
        "email\n" + "a@b\n" * 300_000,
        "email,tea\n" + "a@b,x\n" * 9_000,
    ],
    ids=["columns", "rows", "levels"],
)
def test_p13_a_table_has_so_many_rows_and_columns_and_no_more(text: str) -> None:
    read = document.read_matrix(text)

    assert 1 <= len(read.faults) <= FAULTS_MAX
    assert len(read.agents) <= ENTRIES_MAX


def test_what_an_object_says_twice_is_refused() -> None:
    wanted = document.read_json('{"queues": [{"key": "a", "priority": 1, "priority": 2}]}')
    assert [(fault.code, fault.message) for fault in wanted.faults] == [
        ("twice", "priority stands twice in the same object.")
    ]


def test_half_a_pair_in_a_cell_is_refused_in_its_place() -> None:
    wanted = document.read_queues('key,topics\ngeneral,"[""\\ud800""]"\n')
    assert [(fault.line, fault.column) for fault in wanted.faults] == [(2, 2)]
