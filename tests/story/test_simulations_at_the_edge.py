"""Questions to the simulator that a node leaves behind, and that many ask at once."""

import asyncio
from typing import Any

import pytest

from server.services import simulations
from storage.simulations import Simulations
from tests.support.house import House
from tests.support.past import past

SOON_S = 10.0


class Endless:
    """A try that never comes to an end."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def __call__(self, *_: object) -> Any:
        """Begin."""
        self.begun.set()
        await asyncio.Event().wait()


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Endless:
    """Let every try be endless."""
    tried = Endless()
    monkeypatch.setattr(simulations, "try_out", tried)
    return tried


async def question(house: House) -> dict[str, Any]:
    """Return a question about a past that there is."""
    since, until = await past(house, await house.agent("Lin"), 2)
    variants = [{"name": "Any"}]
    return {"since": since.isoformat(), "until": until.isoformat(), "variants": variants}


async def test_a_node_that_stops_says_what_it_leaves_unanswered(
    house: House, endless: Endless
) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    asked = await question(house)
    async with house.rest(qin) as rest:
        for _ in range(2):
            assert (await rest.ask("POST", "/simulations", asked))[0] == 202
    await endless.begun.wait()

    await house.stops_first_node()
    async with asyncio.timeout(SOON_S):
        await house.gone[0].wait()

    rows = await Simulations(house.db).of_shop(house.shop.id, 5)
    assert [row.error for row in rows] == [simulations.LOST] * 2


@pytest.mark.usefixtures("endless")
async def test_what_is_still_being_tried_cannot_be_made_true(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    async with house.rest(qin) as rest:
        _, begun = await rest.ask("POST", "/simulations", await question(house))
        path = f"/simulations/{begun['id']}/apply"
        status, problem = await rest.ask("POST", path, {"variant": 0})
        assert (status, problem["details"]["reason"]) == (409, "not_done")
        status, problem = await rest.ask("POST", path, {"variant": 1})
        assert (status, problem["field"]) == (422, "variant")


@pytest.mark.usefixtures("endless")
async def test_many_who_ask_at_the_same_moment_begin_two(house: House) -> None:
    qin = await house.agent("Qin", role="supervisor", status=None)
    asked = await question(house)
    async with house.rest(qin) as rest:
        answers = await asyncio.gather(*(rest.ask("POST", "/simulations", asked) for _ in range(8)))
    assert sorted(status for status, _ in answers) == [202] * 2 + [429] * 6
