"""`kefu staff`: from a file or from the past to a table of agents."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.commands import staff
from server.commands.refused import Refused
from server.places import PROJECT
from server.settings import Settings
from storage.database import Database
from storage.queues import Queues
from storage.shops import Shops
from tests.storage.floor import Floor
from tests.storage.past import answer, leave
from tests.support.past import Talk, had

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("KEFU_")}
MORNING = """queue,start,arrivals,handle_s,patience_s
orders,2026-03-02T09:00,100,180,
orders,2026-03-02T09:30,0,180,
returns,2026-03-02T09:00,40,300,120
"""

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file and says where."""

    def there(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return there


async def kefu_staff(*words: object, **settings: SecretStr) -> int:
    parser = argparse.ArgumentParser()
    staff.arguments(parser)
    return await staff.run(Settings(**settings), parser.parse_args([str(word) for word in words]))


async def test_a_file_becomes_a_table(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert await kefu_staff(write("morning.csv", MORNING), "--shrinkage", "0.3") == 0
    lines = capsys.readouterr().out.splitlines()
    nine = "Mon 2026-03-02 09:00"
    head, busy, idle = lines[:3]
    assert head.split()[:5] == ["orders", "arrivals", "erlangs", "agents", "roster"]
    # 10 erlangs, nobody leaves: the textbook's 14 agents, 20 with breaks, 88.8 % within 20 s.
    assert busy.split() == [
        *nine.split(),
        "100",
        "10.00",
        "14",
        "20",
        "88.8%",
        "7.8s",
        "0.0%",
        "71.4%",
    ]
    assert idle.split()[3:] == ["0", "0.00", "0", "0"]
    assert lines[-2].startswith(nine)  # both queues together
    assert "one pool" in lines[-3]


async def test_the_same_as_json_says_the_same(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [
        {"queue": "客服", "start": "2026-03-02T09:00:00+08:00", "arrivals": 100, "handle_s": 180}
    ]
    asked = ("--sl", "90/10", "--definition", "answered", "--json")
    await kefu_staff(write("morning.json", json.dumps(told)), *asked)
    said = json.loads(capsys.readouterr().out)
    (row,) = said["rows"]
    assert said["goal"] | {"level": 0.9, "within_s": 10, "definition": "answered"} == said["goal"]
    assert (row["queue"], row["start"]) == ("客服", "2026-03-02T09:00:00+08:00")
    assert row["service_level"] >= 0.9
    assert row["occupancy"] == pytest.approx(10 / row["agents"])
    assert said["together"] == []


async def test_caps_and_chats_at_once_count(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("morning.csv", MORNING)

    async def agents(*words: str) -> list[int]:
        await kefu_staff(path, "--json", *words)
        return [row["agents"] for row in json.loads(capsys.readouterr().out)["rows"]]

    plain = await agents()
    assert plain[0] == 14
    assert (await agents("--occupancy-max", "0.65"))[0] == 16
    assert (await agents("--abandon-max", "0.001"))[2] > plain[2]
    assert (await agents("--slots", "3"))[0] == 5
    assert 5 < (await agents("--slots", "3", "--speeds", "1,0.8,0.65"))[0] < 14


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "", "line 1: The field queue is missing"),
        ("a.csv", "queue,start,arivals,handle_s\n", "no field 'arivals'. Did you mean arrivals?"),
        ("a.csv", "queue,start,arrivals\n", "line 1: The field handle_s is missing"),
        ("a.csv", "queue,start,arrivals,handle_s\n", "has no demand in it"),
        ("a.csv", MORNING + "x,2026-03-02T09:00,many,60,\n", "line 5: arrivals should be a number"),
        ("a.csv", MORNING + "x,yesterday,1,60,\n", "line 5: start should be a time such as"),
        ("a.csv", MORNING + "x,2026-03-02T09:10,1,60,\n", "line 5: start should be a full or a"),
        ("a.csv", MORNING + "x,2026-03-02T09:00,1,,\n", "line 5: handle_s is empty"),
        ("a.csv", MORNING + "x,2026-03-02T09:00,1,0,\n", "line 5: handle_s should be more than 0"),
        ("a.csv", MORNING + "x,2026-03-02T09:00,nan,9,\n", "line 5: arrivals should be 0 or more"),
        ("a.csv", MORNING + "x,2026-03-02T09:00,1,9,9,9\n", "line 5: There are more values than"),
        ("a.csv", MORNING + '"x', "line 5: This is no CSV"),
        (
            "a.csv",
            MORNING + MORNING.splitlines()[1],
            "line 5: orders at that start was told before",
        ),
        ("a.json", "[\n{]", "line 2: This is no JSON"),
        ("a.json", "{}", "should be a list"),
        ("a.json", "[1]", "entry 1: This should be an object"),
        ("a.json", '[{"queue": "x"}]', "entry 1: The field start is missing"),
        (
            "a.json",
            '[{"queue": "x", "start": "2026-03-02", "arrivals": true, "handle_s": 1}]',
            "entry 1: arrivals should be a number, not True",
        ),
    ],
)
async def test_a_mistake_in_a_file_is_told_with_line_and_field(
    write: Write, name: str, text: str, sentence: str
) -> None:
    with pytest.raises(Refused) as told:
        await kefu_staff(write(name, text))
    assert sentence in str(told.value)
    assert name in str(told.value)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Name a file with the demand, or --recorded"),
        (("x.csv", "--recorded", "2026-03-02..2026-03-03"), "one of them"),
        (("nowhere.csv",), "nowhere.csv cannot be read: No such file"),
        (("x.json", "--share", "--queue-cost", "nan"), "--queue-cost 0 or more"),
        (("x.csv", "--typical"), "--typical folds recorded days"),
        (("--share", "--recorded", "2026-03-02..2026-03-03"), "--share reads a scenario"),
        (("--recorded", "March"), "should look like 2026-03-02..2026-03-08"),
        (("--recorded", "2026-03-02..2026-03-01"), "ends before it begins"),
        (("x.csv", "--sl", "80"), "--sl should look like 80/20"),
        (("x.csv", "--sl", "100/20"), "between 0 and 1"),
        (("x.csv", "--speeds", "fast"), "--speeds should look like"),
        (("x.csv", "--shrinkage", "1"), "Shrinkage"),
        (("x.csv", "--occupancy-max", "0"), "more than 0"),
    ],
)
async def test_a_mistake_in_the_command_is_told_in_a_sentence(
    words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(Refused) as told:
        await kefu_staff(*words)
    assert sentence in str(told.value)


@pytest.fixture
async def past(dsn: str, redis_url: str, database: Database) -> Callable[..., Awaitable[int]]:
    """Ask about a shop where two were served at noon, and two left after 50 and 70 s."""
    floor = await Floor.open(database)
    agent = await floor.agent()
    await answer(floor, agent, asked_s=10, waits_s=30, takes_s=200)
    await answer(floor, agent, asked_s=20, waits_s=50, takes_s=400)
    await leave(floor, asked_s=30, waits_s=50)
    await leave(floor, asked_s=40, waits_s=70)

    async def ask(*words: str) -> int:
        servers = {"database_url": SecretStr(dsn), "redis_url": SecretStr(redis_url)}
        return await kefu_staff(*words, **servers)

    return ask


async def test_the_past_of_a_shop_becomes_demand(
    past: Callable[..., Awaitable[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    await past("--recorded", "2026-03-02..2026-03-02", "--json")
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["queue"], row["start"]) == ("general", "2026-03-02T12:00:00+00:00")
    assert (row["arrivals"], row["handle_s"], row["patience_s"]) == (4, 300, 100)
    assert row["agents"] >= 2


async def test_days_are_those_of_the_shop(
    past: Callable[..., Awaitable[int]], database: Database
) -> None:
    """In Auckland it is the 3rd already."""
    await database.execute("UPDATE shop SET time_zone = 'Pacific/Auckland'")
    with pytest.raises(Refused, match="Nobody came to Tea House"):
        await past("--recorded", "2026-03-02..2026-03-02")
    assert await past("--recorded", "2026-03-03..2026-03-03") == 0


async def test_the_past_is_folded_into_a_typical_week(
    past: Callable[..., Awaitable[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    await past("--recorded", "2026-02-23..2026-03-08", "--typical", "--json")
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["start"], row["arrivals"]) == ("2026-02-23T12:00:00+00:00", 2)  # of two Mondays
    assert row["weekday"] == "Monday"


async def test_a_typical_week_has_weekdays_from_monday_on_and_no_dates(
    past: Callable[..., Awaitable[int]], database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = await Shops(database).by_key("tea")
    assert shop is not None
    queues = await Queues(database).of_shop(shop.id)
    sunday = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    await had(database, shop.id, queues[0].id, sunday, [Talk(waited_s=20)])

    await past("--recorded", "2026-03-01..2026-03-14", "--typical")

    said = capsys.readouterr().out
    assert [
        line.split()[0] for line in said.splitlines() if " 09:00 " in line or " 12:00 " in line
    ] == ["Monday", "Sunday"]
    assert "mean of all such weekdays" in said
    assert "2026-" not in said


async def test_of_several_shops_one_is_to_be_named(
    past: Callable[..., Awaitable[int]], database: Database
) -> None:
    await Floor.open(database, "coffee")
    day = ("--recorded", "2026-03-02..2026-03-02")
    with pytest.raises(Refused, match="--shop KEY; there are: tea, coffee"):
        await past(*day)
    assert await past(*day, "--shop", "tea") == 0
    with pytest.raises(Refused, match="--shop KEY"):
        await past(*day, "--shop", "cocoa")


async def test_the_how_to_shows_what_is_printed(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (PROJECT / "docs/how-to/staff-a-shift.md").read_text()
    table, command, printed = page.split("```")[1:6:2]
    assert await kefu_staff(write("morning.csv", table.strip()), *command.split()[3:]) == 0
    assert capsys.readouterr().out.strip() == printed.strip()


@pytest.mark.slow
async def test_agents_who_share_queues_are_found_by_simulation(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (PROJECT / "docs/how-to/staff-a-shift.md").read_text()
    scenario = next(block for block in page.split("```") if '"types"' in block)
    path = write("mix.json", scenario)
    quick = ("--share", "--seeds", "1..2", "--measure", "2000")
    await kefu_staff(path, *quick, "--json")
    found = json.loads(capsys.readouterr().out)
    assert all(level >= 0.8 for level in found["service_level"].values())
    assert found["pool"] <= sum(each["agents"] for each in found["agents"]) <= found["silos"]
    await kefu_staff(path, *quick)
    assert "orders, returns" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--occupancy-max", "0.8"), "only a service level of all who come"),
        (("--definition", "answered"), "only a service level of all who come"),
        (("--measure", "0"), "--measure must be 1 or more"),
        (("--seeds", "few"), "--seeds must look like 1..20"),
        ((), "types[0].patience is needed"),
    ],
)
async def test_what_cannot_be_tried_out_is_told(
    write: Write, words: tuple[str, ...], sentence: str
) -> None:
    endless = {
        "types": [{"rate": 0.1, "mean": 60, "req": ["a"]}],
        "agents": [{"skills": {"a": [1, 1]}}],
    }
    with pytest.raises(Refused) as told:
        await kefu_staff(write("mix.json", json.dumps(endless)), "--share", *words)
    assert sentence in str(told.value)


@pytest.mark.slow
def test_the_command_is_there(write: Write) -> None:
    asked = [sys.executable, "-m", "server", "staff", str(write("morning.csv", MORNING))]
    done = subprocess.run(asked, env=CLEAN, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "silos" in done.stdout
