"""P9 and texts: every command is answered; texts are kept as they are or refused with a reason."""

from __future__ import annotations

import pytest

from server.protocol.catalogue import AGENT_COMMANDS, VISITOR_COMMANDS
from tests.support.house import House, Refused, once

TEXTS = [
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇨🇳",
    "שלום עולם مرحبا بالعالم",
    "\u202eevil\u202c",
    "zero\u200bwidth\u200d\ufeff",
    "control \x01\x02\x1b[31m\x7f\u0085",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "  spaces kept  \r\n\ttabs too ",
    "'; DROP TABLE message; -- %s $1 {} \\u0000",
    "𝕏" * 10_000,
    "问" * 10_000,
]


async def test_texts_are_kept_exactly_as_they_are(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)

    for text in TEXTS:
        await customer.says(text)
        assert (await agent.hears(text=text))["text"] == text

    assert [row.text for row in await house.transcript(conversation)][-len(TEXTS) :] == TEXTS


async def test_ten_thousand_characters_are_accepted_and_one_more_names_the_limit(
    house: House,
) -> None:
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)

    await customer.says("x" * 10_000)
    with pytest.raises(Refused) as refused:
        await customer.says("x" * 10_001)

    assert refused.value.code == "too_large"
    assert refused.value.error["field"] == "text"
    assert refused.value.error["details"] == {
        "setting": "message_text_max_chars",
        "limit": 10_000,
        "length": 10_001,
    }
    assert customer.started["limits"]["message_text_max_chars"] == 10_000


async def test_what_cannot_be_stored_is_refused(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()
    await house.talk(customer, agent)

    for text in ("", "   \n", "a\x00b", "half \ud83d a pair"):
        with pytest.raises(Refused) as refused:
            await customer.says(text)
        assert refused.value.code == "invalid"


async def test_p9_every_command_with_an_empty_payload_is_answered(house: House) -> None:
    customer, agent = await house.visitor(), await house.agent()

    for person, commands in ((customer, VISITOR_COMMANDS), (agent, AGENT_COMMANDS)):
        for command in commands:
            answer = await person.asks(command)
            assert answer["ok"] or answer["error"]["code"] in {"invalid", "forbidden"}, command


async def test_p9_unknown_commands_and_fields_are_refused_by_name(house: House) -> None:
    customer = await house.visitor()

    unknown = await customer.asks("conversation:steal", conversation="1")
    assert unknown["error"]["code"] == "invalid"
    extra = await customer.asks("conversation:start", client_id=once(), sender="agent")
    assert extra["error"]["code"] == "invalid"
    assert extra["error"]["field"] == "sender"


async def test_f5_what_a_customer_claims_about_sender_time_and_privacy_is_refused(
    house: House,
) -> None:
    customer, agent = await house.visitor(), await house.agent()
    conversation = await house.talk(customer, agent)
    before = len(await house.transcript(conversation))

    for claim in ({"sender": {"kind": "agent"}}, {"private": True}, {"at": "2020-01-01T00:00:00Z"}):
        answer = await customer.asks(
            "message:send", conversation=conversation, client_id=once(), text="x", **claim
        )
        assert answer["error"]["code"] == "invalid"

    assert len(await house.transcript(conversation)) == before


async def test_p13_attributes_are_bounded_in_number_and_length(house: House) -> None:
    customer = await house.visitor()

    await customer.does("user:set", attributes={"plan": "gold", "age": 7, "vip": True})
    many = await customer.asks("user:set", attributes={f"k{each}": 1 for each in range(51)})
    assert many["error"]["details"]["setting"] == "attributes_max"
    one_more = await customer.asks("user:set", attributes={f"k{each}": 1 for each in range(48)})
    assert one_more["error"]["details"]["setting"] == "attributes_max"
    long = await customer.asks("user:set", attributes={"k": "x" * 501})
    assert long["error"]["details"]["setting"] == "attribute_value_max_chars"
    assert long["error"]["field"] == "attributes.k"


async def test_p13_starting_too_often_names_the_setting_and_the_wait(house: House) -> None:
    node = await house.node(conversations_per_hour=2)
    customer = await house.visitor(node)
    for _ in range(2):
        await customer.begins("again")
        await customer.does("conversation:end", conversation=customer.conversation)

    with pytest.raises(Refused) as refused:
        await customer.begins("and again")

    assert refused.value.code == "too_many"
    assert refused.value.error["retryable"]
    assert refused.value.error["details"]["setting"] == "conversations_per_hour"
    assert refused.value.error["details"]["retry_after_ms"] > 0
