"""Fills the demo shop once. A second time nothing changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from server.seeding import setup
from server.seeding.crowd import Crowd
from server.seeding.past import WEEKS, Teller
from server.seeding.people import COLLEAGUES
from server.seeding.rota import Rota
from server.seeding.staff import Maker
from server.services.passwords import Passwords
from server.settings import Settings
from storage.database import Database, Limits
from storage.history import History
from storage.rows import Role
from storage.shops import Shops

SEED = 20260101
SHOWN = {"mei", "grace", "qin", "admin"}
LIMITS = Limits(connections_max=2, wait_s=10, command_s=60, statement_s=60)


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody of the demo shop signs in."""

    role: Role
    email: str
    password: str


async def seed_once(settings: Settings, say: Callable[[str], None]) -> list[Login]:
    """Fill the demo shop unless it is there; return who can be tried out first."""
    assert settings.database_url is not None
    assert settings.demo_password is not None
    password = settings.demo_password.get_secret_value()
    database = await Database.connect(settings.database_url.get_secret_value(), LIMITS)
    try:
        if await Shops(database).by_key(setup.SHOP_KEY) is None:
            say("Filling the demo shop")
            await found(database, password, origins(settings), await database.clock())
        else:
            await keep_logins(database, password)
    finally:
        await database.close()
    return logins(password)


async def found(
    database: Database, password: str, allowed: list[str], now: datetime, seed: int = SEED
) -> bool:
    """Write the demo shop with its past; False, and nothing changed, when it is there."""
    maker = Maker(now.replace(microsecond=0), Random(seed))
    shop = maker.shop(allowed)
    staff = maker.staff(shop.id, await Passwords().hash(password))
    crowd = Crowd(shop.id, maker.chance)
    rota = Rota.of(staff, maker.now, shop.time_zone, Random(seed), 7 * WEEKS)
    past = Teller(shop, staff, crowd, maker.chance, rota).tell(maker.now)
    return await History(database).found(shop, staff, maker.replies(shop.id), past)


async def keep_logins(database: Database, password: str) -> None:
    """Let the logins be those that are printed, also when the password was changed since."""
    history, passwords = History(database), Passwords()
    stored = await history.password_hash_of(COLLEAGUES[0].email)
    if stored is not None and not await passwords.matches(stored, password):
        await history.renew(stored, await passwords.hash(password))


def origins(settings: Settings) -> list[str]:
    """Return where the demo shop's pages may be: on this machine, and where the node is called."""
    here = (
        *setup.ORIGINS,
        f"http://localhost:{settings.port}",
        f"http://127.0.0.1:{settings.port}",
    )
    return list(dict.fromkeys((*here, settings.origin)))


def logins(password: str) -> list[Login]:
    """Return the people to try out: two agents, the supervisor and the admin."""
    return [Login(each.role, each.email, password) for each in COLLEAGUES if each.mailbox in SHOWN]
