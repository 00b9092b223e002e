"""`kefu user`: create an agent, or give one a new password, when nobody can sign in to do it."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import cast

from server.commands.provide import provided
from server.commands.refused import Refused
from server.services.passwords import Passwords
from server.settings import Settings
from storage.agent_sessions import AgentSessions
from storage.agents import Agents, NewAgent
from storage.database import Database
from storage.errors import Duplicate, SchemaUnfit
from storage.migrate import check_schema
from storage.people import ShopRow
from storage.rows import Role
from storage.shops import Shops

PASSWORD_MIN_CHARS = 8
PASSWORD_BYTES = 12
IDENTITY_SECRET_BYTES = 32


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to do, and for whom."""
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="create an agent")
    create.add_argument("email")
    create.add_argument("--name", required=True, help="as customers see it")
    create.add_argument("--role", choices=("agent", "supervisor", "admin"), default="agent")
    create.add_argument("--shop", required=True, metavar="KEY", help="public key of the shop")
    create.add_argument("--new-shop", metavar="NAME", help="make that shop first, by this name")
    password = actions.add_parser("password", help="give an agent a new password")
    password.add_argument("email")
    for action in (create, password):
        action.add_argument(
            "--stdin", action="store_true", help="read the password; else one is made and printed"
        )


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do it and print the password, if we made it."""
    given = sys.stdin.readline().rstrip("\n") if options.stdin else None
    if given is not None and len(given) < PASSWORD_MIN_CHARS:
        raise Refused(f"A password has {PASSWORD_MIN_CHARS} characters or more.")
    password = given or secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = await Passwords().hash(password)
    async with provided(settings) as servers:
        database = await Database.connect(servers.database_url)
        try:
            await _check(database)
            act = _create if options.action == "create" else _give_password
            await act(database, options, password_hash)
        finally:
            await database.close()
    print(f"{options.email} can sign in." + ("" if given else f" Password: {password}"))
    return 0


async def _check(database: Database) -> None:
    try:
        await check_schema(database)
    except SchemaUnfit as wrong:
        raise Refused(f"{wrong} Run `kefu check` to see more.") from wrong


async def _create(database: Database, options: argparse.Namespace, password_hash: str) -> None:
    shop = await _shop(Shops(database), options.shop, options.new_shop)
    new = NewAgent(
        shop_id=shop.id,
        email=options.email,
        name=options.name,
        password_hash=password_hash,
        role=cast("Role", options.role),
    )
    try:
        await Agents(database).create(new)
    except Duplicate as taken:
        raise Refused(f"There is an agent with the address {options.email} already.") from taken


async def _shop(shops: Shops, key: str, new_name: str | None) -> ShopRow:
    shop = await shops.by_key(key)
    if shop is not None:
        return shop
    if new_name is None:
        raise Refused(f"There is no shop with the key {key!r}. --new-shop NAME makes it.")
    return await shops.create(key, new_name, secrets.token_urlsafe(IDENTITY_SECRET_BYTES))


async def _give_password(
    database: Database, options: argparse.Namespace, password_hash: str
) -> None:
    agent = await Agents(database).by_email(options.email)
    if agent is None:
        raise Refused(f"There is no agent with the address {options.email}.")
    await Agents(database).update(agent.shop_id, agent.id, {"password_hash": password_hash})
    await AgentSessions(database).delete_of(agent.id)
