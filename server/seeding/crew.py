"""Makes any number of agents and queues in the demo shop, for load tests."""

from datetime import datetime
from random import Random
from uuid import UUID

from server.seeding import setup
from server.seeding.people import Colleague
from server.seeding.setup import Line, Skill
from server.seeding.staff import Maker
from server.services.passwords import Passwords
from storage.database import Database
from storage.history import History, Staff
from storage.shops import Shops

CAPACITY = 25
LEVEL = 3


async def hire(
    database: Database, password: str, agents: int, queues: int, now: datetime
) -> list[str]:
    """Make ``agent1@demo.kefu`` … and queues ``load-1`` … with a topic and skill each.

    Agents are dealt out over the queues in turn, and all speak both languages. Who is there already
    stays as they are and gets this password. Returns the addresses.
    """
    shop = await Shops(database).by_key(setup.SHOP_KEY)
    assert shop is not None
    maker = Maker(now, Random())
    history, passwords = History(database), Passwords()
    stored = await history.password_hash_of(_address(1))
    if not await passwords.matches(stored, password) or stored is None:
        stored = await passwords.hash(password)
    shop_id = UUID(int=shop.id.int)  # the driver's own kind of UUID cannot become JSON
    await history.hire(_crew(maker, shop_id, stored, agents, queues))
    return [_address(number) for number in range(1, agents + 1)]


def _crew(maker: Maker, shop_id: UUID, password_hash: str, agents: int, queues: int) -> Staff:
    keys = [f"load-{number}" for number in range(1, queues + 1)]
    languages = [skill for skill in setup.SKILLS if skill.is_language]
    skills = [
        maker.skill(shop_id, each) for each in (*languages, *(Skill(key, key) for key in keys))
    ]
    ids = {skill.key: skill.id for skill in skills}
    lines = [Line(key, key, (key,), {key: 1}) for key in keys]
    both = {skill.key: LEVEL for skill in languages}
    people = [
        Colleague(
            f"agent{number}",
            f"Agent {number}",
            "agent",
            CAPACITY,
            both | ({keys[(number - 1) % queues]: LEVEL} if queues else {}),
        )
        for number in range(1, agents + 1)
    ]
    return Staff(
        skills=skills,
        queues=[maker.queue(shop_id, line, ids) for line in lines],
        agents=[maker.agent(shop_id, each, ids, password_hash) for each in people],
    )


def _address(number: int) -> str:
    return f"agent{number}@demo.kefu"
