"""Who watches in a shop that blurs reads no personal data, by whatever road; who is seen does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from server.protocol.errors import Conflict
from server.services.blur import Veil, unveiled
from storage.people import VisitorRow
from tests.support.house import Agent, House, Visitor

SECRETS = ("Wang Fang", "ann.lee@shop.example", "13800138000", "4111", "6222", "Hangzhou Road")
SAID = "It is Wang Fang, ann.lee@shop.example, +86 138 0013 8000, card 4111 1111 1111 1111"


@pytest.fixture
async def people(house: House) -> tuple[Visitor, Agent, Agent]:
    """Let a customer of whom much is known talk with Lin; Sue leads a shop that blurs."""
    await house.change_shop(blurs_watched=True)
    ann, lin = await house.visitor(), await house.agent("Lin")
    sue = await house.agent("Sue", role="supervisor", status=None)
    await ann.does(
        "user:set",
        name="Wang Fang",
        email="ann.lee@shop.example",
        phone="13800138000",
        attributes={"street": "Hangzhou Road 5"},
        page={"url": "https://shop.example/account?mail=ann.lee@shop.example", "title": "Account"},
    )
    sue.conversation = await house.talk(ann, lin, SAID)
    return ann, lin, sue


def leaks(told: object) -> list[str]:
    """Return what of the customer's can be read there."""
    return [secret for secret in SECRETS if secret in str(told)]


async def roads(house: House, sue: Agent, ann: Visitor) -> dict[str, Any]:
    """Read all that can be read of the conversation, but for what is told of it."""
    said = {
        "since": await sue.reads(0),
        "notes": await sue.reads(0, private=True),
    }
    async with house.rest(sue) as rest:
        paths = ("", "/messages", "/messages?private=true", "/timeline", "/events", "/decisions")
        for path in paths:
            said[path] = await rest.get(f"/conversations/{ann.conversation}{path}")
        said["/step_ins"] = await rest.get("/step_ins")
        said["visitor"] = await rest.get(f"/visitors/{ann.id}")
        said["list"] = await rest.get("/conversations?view=all")
        said["in hand"] = await rest.get("/conversations?view=in_hand")
    return said


async def test_all_that_who_watches_is_told_or_reads_is_blurred(
    house: House, people: tuple[Visitor, Agent, Agent]
) -> None:
    ann, lin, sue = people
    await lin.says("Paid with 6222021234567890?", private=True)
    why = {"conversation": ann.conversation, "reason": "Wang Fang is a friend of ours"}
    await sue.does("conversation:assign", agent=str(sue.row.id), **why)
    await sue.does("conversation:assign", agent=str(lin.row.id), **why)
    before = len(sue.line.events)

    opened = await sue.does("conversation:watch", conversation=ann.conversation)

    assert leaks(opened) == []
    assert opened["messages"][0]["text"] == (
        "It is •••, •••@•••, +•• ••• •••• ••••, card •••• •••• •••• ••••"
    )
    assert opened["conversation"]["visitor"]["email"] == "•••"
    assert "name" not in opened["conversation"]["visitor"]
    for road, read in (await roads(house, sue, ann)).items():
        assert leaks(read) == [], road
    await ann.says("Once more: ann.lee@shop.example")
    heard = await sue.hears(text="Once more: •••@•••")
    assert heard["sender"] == {"kind": "customer", "id": ann.id}
    await lin.says("Your order 10023 is on its way to Wang Fang.")
    await sue.hears(text="Your order 10023 is on its way to •••.")
    await ann.does("user:set", attributes={"street": "Hangzhou Road 6"})
    assert (await sue.hears("visitor:changed"))["visitor"]["attributes"] == {"street": "•••"}
    await ann.does("user:set", name="Fang Lihua")
    await sue.hears("visitor:changed")
    await lin.says("Thank you, Lihua, and Wang Fang it was before.")
    await sue.hears(text="Thank you, •••, and ••• it was before.")
    done = await sue.does("conversation:prioritize", conversation=ann.conversation, priority=2)
    assert leaks(done) == []
    await sue.hears("conversation:changed", priority=2)
    assert leaks(sue.line.events[before:]) == []
    board = await sue.does("live:watch")
    assert leaks(board) == []

    # The two who talk read every word.
    await ann.hears(text="Your order 10023 is on its way to Wang Fang.")
    await lin.hears(text="Once more: ann.lee@shop.example")

    # What is answered to her own acts is as blurred as what she looks at.
    for act in (
        sue.does("conversation:requeue", **why),
        sue.does("conversation:assign", agent=str(lin.row.id), **why),
        sue.does("conversation:step_out", conversation=ann.conversation),
        sue.does("conversation:close", outcome="spam", **why),
    ):
        assert leaks(await act) == []


async def test_who_lets_themselves_be_seen_reads_all_of_it(
    house: House, people: tuple[Visitor, Agent, Agent]
) -> None:
    ann, lin, sue = people
    await sue.does("conversation:watch", conversation=ann.conversation)
    opened = await sue.does("conversation:open", conversation=ann.conversation)
    assert (await lin.hears("viewers:changed"))["viewers"][0]["name"] == "Sue"
    assert opened["messages"][0]["text"] == SAID
    await ann.says("It is ann.lee@shop.example")
    await sue.hears(text="It is ann.lee@shop.example")
    read = await roads(house, sue, ann)
    assert all(leaks(read[each]) for each in ("since", "", "/messages", "/timeline", "visitor"))
    assert leaks(read["in hand"]) == []  # a list of what others have is one of strangers

    # Where the shop does not say so, nothing is blurred.
    await house.change_shop(blurs_watched=False)
    again = await sue.does("conversation:watch", conversation=ann.conversation)
    assert again["messages"][0]["text"] == SAID
    read = await roads(house, sue, ann)
    assert all(leaks(read[each]) for each in ("since", "", "/messages", "/timeline", "in hand"))


async def test_tasks_are_answered_blurred_whatever_is_done_with_them(
    house: House, people: tuple[Visitor, Agent, Agent]
) -> None:
    ann, lin, sue = people
    text = "Call Wang Fang on 138 0013 8000"
    given = {
        "conversation": ann.conversation,
        "text": text,
        "due_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "client_id": "0123456789abcdef",
    }
    await sue.does("conversation:watch", conversation=ann.conversation)

    async with house.rest(sue) as rest:
        status, made = await rest.ask("POST", "/tasks", given)
        task = f"/tasks/{made['id']}"
        answers = {
            "made": made,
            "made again": (await rest.ask("POST", "/tasks", given))[1],
            "read": await rest.get(task),
            "listed": await rest.get("/tasks?whose=everybody"),
            "of the conversation": await rest.get(f"/tasks?conversation={ann.conversation}"),
            "changed": (await rest.ask("PATCH", task, {"version": 1, "text": f"{text}!"}))[1],
        }
        ends = {"version": 2, "outcome": "Fang answered"}
        answers |= {
            "done": (await rest.ask("POST", f"{task}/end", ends))[1],
            "done again": (await rest.ask("POST", f"{task}/end", ends))[1],
        }

    assert status == 201
    assert (made["customer"], made["phone"]) == ("•••", "•••••••••••")
    assert made["text"] == "Call ••• on ••• •••• ••••"
    assert answers["done again"]["outcome"] == "••• answered"
    for road, answer in answers.items():
        assert [*leaks(answer), *(["Fang"] if "Fang" in str(answer) else [])] == [], road
    async with house.rest(lin) as rest:
        assert (await rest.get(task))["text"] == f"{text}!"


async def test_what_is_hidden_from_who_watches_is_never_stored(
    house: House, people: tuple[Visitor, Agent, Agent]
) -> None:
    ann, lin, sue = people
    text = "Call Wang Fang on 138 0013 8000"
    given = {
        "conversation": ann.conversation,
        "text": text,
        "due_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    async with house.rest(lin) as rest:
        _, made = await rest.ask("POST", "/tasks", given)
    await sue.does("conversation:watch", conversation=ann.conversation)

    async with house.rest(sue) as rest:
        task = f"/tasks/{made['id']}"
        shown = (await rest.get(task))["text"]
        later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        kept, _ = await rest.ask(
            "PATCH", task, {"version": made["version"], "text": shown, "due_at": later}
        )
        refused, why = await rest.ask(
            "PATCH", task, {"version": made["version"] + 1, "text": f"{shown}, soon"}
        )

    assert "•••" in shown
    assert (kept, refused, why["details"]["reason"]) == (200, 409, "blurred")
    async with house.rest(lin) as rest:
        assert (await rest.get(task))["text"] == text
    async with house.rest(sue) as rest:
        anew = {"version": made["version"] + 1, "text": "• Call her\n• Soon"}
        assert (await rest.ask("PATCH", task, anew))[0] == 200, "what they write anew is stored"


def test_of_a_changed_text_what_was_hidden_is_kept_or_refused() -> None:
    veil = Veil("c", "v", ("Wang Fang", "Wang", "Fang"))
    assert unveiled("••• rang", "Wang Fang rang", veil, "note") == "Wang Fang rang"
    assert unveiled("She rang", "Wang Fang rang", veil, "note") == "She rang"
    assert unveiled("• She rang", "A list", veil, "note") == "• She rang"
    with pytest.raises(Conflict):
        unveiled("••• rang twice", "Wang Fang rang", veil, "note")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Call 0571 8888 6666 today", "Call •••• •••• •••• today"),
        ("order 10023 of 2026-03-02, 3 pieces", "order 10023 of 2026-03-02, 3 pieces"),
        ("110101199003078515 or 11010119900307851X", "•••••••••••••••••• or •••••••••••••••••X"),
        ("DE89 3704 0044 0532 0130 00", "DE•• •••• •••• •••• •••• ••"),
        ("我是王芳,邮箱wang@例子.公司", "我是•••,•••@•••"),
        ("WANG FANG (wang fang)", "••• (•••)"),
        ("a" * 200 + "@", "a" * 200 + "@"),
        ("", ""),
    ],
)
def test_numbers_addresses_and_names_are_hidden_and_the_rest_stays(said: str, shown: str) -> None:
    veil = Veil(str(uuid4()), str(uuid4()), ("Wang Fang", "王芳"))
    assert veil.text(said) == shown


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("Jane Doe", "Hi Jane, is DOE's parcel for Janet?", "Hi •••, is •••'s parcel for Janet?"),
        ("Li Na", "Li, I like Nathan's link", "•••, I like Nathan's link"),
        ("Wang Fang", "我是Fang先生", "我是•••先生"),
        ("王 小芳", "小芳你好,王先生", "•••你好,王先生"),
        ("Zoë O'Brien-Li", "Mrs O'Brien, Zoë and Li", "Mrs O'•••, ••• and •••"),
        ("김 철수", "철수님은", "•••님은"),
    ],
)
def test_each_word_of_a_name_is_hidden_and_no_part_of_another(
    name: str, said: str, shown: str
) -> None:
    now = datetime.now(UTC)
    row = VisitorRow(
        id=uuid4(), shop_id=uuid4(), external_id=None, name=name, email=None, phone=None,
        locale=None, attributes={}, page_url=None, page_title=None, created_at=now, seen_at=now,
    )  # fmt: skip
    assert Veil.over(uuid4(), row.id, row).text(said) == shown
