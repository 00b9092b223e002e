"""F1-F4, F7, F9, F14: who a customer is, and who may say so."""

from __future__ import annotations

import inspect
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from server.services import identity as identities
from server.services.identity import hash_of
from tests.support.house import SHOP_SECRET as SECRET
from tests.support.house import House, Refused


def signed(external_id: str, **more: Any) -> dict[str, Any]:
    return {"id": external_id, "hash": hash_of(SECRET, external_id), **more}


async def refused(house: House, **auth: Any) -> str:
    with pytest.raises(Refused) as error:
        await house.visitor(**auth)
    return error.value.code


async def test_f1_a_right_hash_is_believed_and_wrong_blank_missing_ones_are_refused(
    house: House,
) -> None:
    for required in (False, True):
        await house.change_shop(identity_required=required)
        good = await house.visitor(identity=signed("ann", name="Ann", attributes={"vip": True}))
        assert good.started["visitor"]["signed"] is True
        assert good.started["visitor"]["name"] == "Ann"
        await good.does("user:set", attributes={"basket": 3})

        wrong = hash_of("another secret", "ann")
        for proof in ({"hash": wrong}, {"hash": ""}, {}, {"hash": "a.b.c"}, {"hash": "é"}):
            assert await refused(house, identity={"id": "ann", **proof}) == "unauthorized"


async def test_f1_strangers_say_who_they_are_and_for_others_only_the_shop_does(
    house: House,
) -> None:
    stranger, ann = await house.visitor(), await house.visitor(identity=signed("ann", name="Ann"))
    for customer in (stranger, ann):
        await customer.begins("Hello")
    lea = await house.agent("Lea", role="supervisor", status=None)

    await stranger.does("user:set", name="王芳", email="wang@shop.example")
    await stranger.does("user:set", phone="0571 123")
    for said in ({"name": "The boss"}, {"email": "x@y"}, {"phone": "123"}):
        answer = await ann.asks("user:set", **said)
        assert (answer["error"]["code"], answer["error"]["field"]) == ("forbidden", *said)
    for wrong in ({"email": "no address"}, {"phone": "1"}, {"name": ""}, {"name": " "}):
        answer = await stranger.asks("user:set", **wrong)
        assert (answer["error"]["code"], answer["error"]["field"]) == ("invalid", *wrong)

    opened = await lea.does("conversation:open", conversation=stranger.conversation)
    seen = opened["conversation"]["visitor"]
    assert (seen["name"], seen["email"], seen["phone"], seen["signed"]) == (
        "王芳",
        "wang@shop.example",
        "0571 123",
        False,
    )
    opened = await lea.does("conversation:open", conversation=ann.conversation)
    seen = opened["conversation"]["visitor"]
    assert (seen["name"], seen.get("email"), seen.get("phone")) == ("Ann", None, None)


async def test_f2_where_identity_is_required_strangers_and_tokens_alone_are_refused(
    house: House,
) -> None:
    stranger = await house.visitor()
    ann = await house.visitor(identity=signed("ann"))
    await house.change_shop(identity_required=True)

    assert await refused(house) == "unauthorized"
    assert await refused(house, token=stranger.started["token"]) == "unauthorized"
    assert await refused(house, token=ann.started["token"]) == "unauthorized"
    assert await house.db.fetchval("SELECT count(*) FROM visitor") == 2


async def test_f3_b_sees_nothing_of_a_on_the_same_browser(house: House) -> None:
    ann = await house.visitor(identity=signed("ann"))
    await ann.begins("I am Ann")

    bob = await house.visitor(token=ann.started["token"], identity=signed("bob"))
    assert bob.id != ann.id
    assert bob.started.get("conversation") is None
    assert (await bob.does("conversation:list"))["conversations"] == []

    nobody = await house.visitor(token=ann.started["token"])
    assert nobody.id != ann.id
    assert nobody.started.get("conversation") is None


async def test_signing_in_brings_the_open_conversation_along(house: House) -> None:
    stranger = await house.visitor()
    agent = await house.agent()
    conversation = await house.talk(stranger, agent, "Before I sign in")

    ann = await house.visitor(token=stranger.started["token"], identity=signed("ann", name="Ann"))

    assert ann.started["conversation"]["id"] == conversation
    ann.conversation = conversation
    await ann.says("It is me")
    assert (await agent.hears(text="It is me"))["seq"]
    shown = await agent.does("conversation:open", conversation=conversation)
    assert shown["conversation"]["visitor"]["name"] == "Ann"


async def test_two_devices_of_a_signed_customer_show_the_same_conversation(house: House) -> None:
    laptop = await house.visitor(identity=signed("ann"))
    phone = await house.visitor(await house.node(), identity=signed("ann"))
    assert laptop.id == phone.id

    await laptop.begins("From the laptop")

    seen = await phone.hears("conversation:changed", head=1)
    read = await phone.reads(conversation=seen["id"])
    assert [each["text"] for each in read["messages"]] == ["From the laptop"]


async def test_a_jwt_counts_until_it_runs_out_and_a_known_browser_may_come_back(
    house: House,
) -> None:
    def proof(subject: str, lasts_s: int, key: str = SECRET, **claims: Any) -> dict[str, Any]:
        exp = int((house.now() + timedelta(seconds=lasts_s)).timestamp())
        token = jwt.encode({"sub": subject, "exp": exp, **claims}, key, algorithm="HS256")
        return {"id": "ann", "hash": token}

    ann = await house.visitor(identity=proof("ann", 60))
    assert ann.started["visitor"]["signed"] is True
    assert await refused(house, identity=proof("ann", -1)) == "unauthorized"
    assert await refused(house, identity=proof("bob", 60)) == "unauthorized"
    assert await refused(house, identity=proof("ann", 60, "k" * 40)) == "unauthorized"
    for exp in (10**400, "soon", None):
        assert await refused(house, identity=proof("ann", 60, exp=exp)) == "unauthorized"
    none = jwt.encode({"sub": "ann", "exp": int(time.time()) + 60}, None, algorithm="none")
    assert await refused(house, identity={"id": "ann", "hash": none}) == "unauthorized"

    again = await house.visitor(token=ann.started["token"], identity=proof("ann", -1))
    assert again.id == ann.id


async def test_f4_a_random_or_foreign_token_makes_a_stranger(house: House) -> None:
    ann = await house.visitor()
    await ann.begins("private")
    other = await house.other_shop()

    for token in ("x", "a.b.c", ann.started["token"][:-2] + "xx"):
        stranger = await house.visitor(token=token)
        assert stranger.id != ann.id
        assert stranger.started.get("conversation") is None
    elsewhere = await house.visitor(connect=False, token=ann.started["token"])
    elsewhere.auth["site"] = other.key
    await elsewhere.connects()
    assert elsewhere.id != ann.id
    assert elsewhere.started.get("conversation") is None


async def test_f7_only_exactly_listed_origins_may_speak_for_a_shop(house: House) -> None:
    await house.change_shop(allowed_origins=["https://shop.example"])

    async def try_from(origin: str) -> str:
        visitor = await house.visitor(connect=False)
        try:
            await visitor.connects(Origin=origin)
        except Refused as error:
            return str(error.error["details"]["reason"])
        return "let in"

    assert await try_from("https://shop.example") == "let in"
    assert await try_from(house.url) == "let in"
    for origin in (
        "https://shop.example.evil.com",
        "http://shop.example",
        "https://www.shop.example",
        "https://shop.example:8443",
        "null",
    ):
        assert await try_from(origin) == "origin", origin


async def test_agents_come_from_our_own_pages_only(house: House) -> None:
    agent = await house.agent(connect=False)
    await house.change_shop(allowed_origins=["https://shop.example"])

    for origin in ("https://shop.example", "https://evil.example", "null"):
        with pytest.raises(Refused) as error:
            await agent.connects(Origin=origin)
        assert error.value.error["details"]["reason"] == "origin"
    await agent.connects(Origin=house.url, Cookie=f"kefu_session={agent.token}")


async def test_f6_nobody_is_an_agent_without_a_session(house: House) -> None:
    visitor = await house.visitor()

    for token in (None, "", "x" * 43, visitor.started["token"][:200]):
        agent = await house.agent(connect=False)
        agent.auth = {"token": token} if token is not None else {}
        with pytest.raises(Refused) as error:
            await agent.connects()
        assert error.value.code == "unauthorized"


async def test_f9_tokens_are_stored_as_hashes_only(house: House) -> None:
    agent = await house.agent()

    rows = await house.db.fetch("SELECT * FROM agent_session")

    assert all(agent.token.encode() not in bytes(row["token_hash"]) for row in rows)
    assert "password_hash" not in str(agent.started)


def test_f14_hashes_are_compared_in_constant_time() -> None:
    source = inspect.getsource(identities.verify) + inspect.getsource(identities._verify_jwt)

    assert source.count("compare_digest") == 2
