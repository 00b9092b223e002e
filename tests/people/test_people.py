"""How customers and agents behave, by a clock that a test turns."""

from random import Random

import pytest

from loadtest.people.agent import Agent
from loadtest.people.book import Book
from loadtest.people.line import OVER
from loadtest.people.manners import FAREWELLS, NOISE_LINES, Manners
from loadtest.people.record import Second, together
from loadtest.people.spread import quantile_ms
from loadtest.people.visitor import Visitor
from loadtest.people.wire import Json
from tests.people.stage import Stage, StageClock, StageLine

PATIENCE_S, SERVED_AFTER_S, ANSWERED_AFTER_S, WORKS_S, RESTS_S = 40, 10, 5, 120, 20


class Plain(Manners):
    """Somebody whose patience and hours are known."""

    def only_looks(self) -> bool:
        return False

    def patience_s(self) -> float:
        return PATIENCE_S

    def questions(self) -> list[str]:
        return ["Where is my order?", "Is it green?"]

    def works_s(self) -> float:
        return WORKS_S

    def rests_s(self) -> float:
        return RESTS_S

    def score(self) -> int | None:
        return 5


class Signed(Agent):
    """An agent who has a token already."""

    def sign_in(self) -> str:
        return "token"


class Talk:
    """A conversation, and whoever is on its other side: ``says`` comes to the one on the stage."""

    def __init__(self, served_after_s: float = SERVED_AFTER_S) -> None:
        self.clock, self.book = StageClock(), Book(now=lambda: 0.0)
        self.seq, self.epoch, self.state, self.served_after_s = 0, 0, "queued", served_after_s
        self.place = Stage(
            ["http://nowhere"],
            self.book,
            Random(1),
            self.clock,
            {
                "conversation:start": self.start,
                "message:send": self.send,
                "message:since": lambda _: {"messages": [], "head": self.seq},
            },
        )
        self.line: StageLine | None = None

    def visitor(self, *, noisy: bool = False) -> Visitor:
        one = Visitor(self.place, Plain(Random(3)), "demo", noisy=noisy)
        assert isinstance(one.line, StageLine)
        self.line = one.line
        return one

    def whole(self) -> Second:
        return together(self.book.take(everything=True).seconds)

    def view(self) -> Json:
        return {"id": "c", "epoch": self.epoch, "state": self.state, "head": self.seq}

    def start(self, _: Json) -> Json:
        self.seq = 1
        self.clock.later(self.served_after_s, lambda: self.becomes("active"))
        self.clock.later(self.served_after_s + ANSWERED_AFTER_S, lambda: self.says("Hello."))
        return {"conversation": self.view(), "message": {"seq": 1}}

    def send(self, asked: Json) -> Json:
        self.seq += 1
        if asked["text"] not in FAREWELLS:
            self.clock.later(ANSWERED_AFTER_S, lambda: self.says("Yes."))
        return {"seq": self.seq}

    def becomes(self, state: str) -> None:
        self.epoch, self.state = self.epoch + 1, state
        self.hear("conversation:changed", self.view())

    def says(self, text: str, kind: str = "agent") -> None:
        self.seq += 1
        self.hear(
            "message:created",
            {
                "conversation": "c", "seq": self.seq, "client_id": "", "text": text,
                "sender": {"kind": kind},
            },
        )  # fmt: skip

    def hear(self, name: str, payload: Json) -> None:
        assert self.line is not None
        if self.line.is_open:
            self.line.hear(name, payload)


def commands(line: StageLine | None) -> list[str]:
    assert line is not None
    return [name for _, name, _ in line.asked]


def test_a_customer_asks_reads_types_says_goodbye_ends_it_and_rates_it() -> None:
    talk = Talk()
    assert talk.visitor().visit() == "left"
    asked = commands(talk.line)
    assert asked == [
        "conversation:start", "read:set", "typing:set", "message:send", "read:set", "typing:set",
        "message:send", "conversation:end", "conversation:rate",
    ]  # fmt: skip
    assert talk.line is not None
    assert not talk.line.is_open
    typed = talk.line.times("message:send")[0] - talk.line.times("typing:set")[0]
    assert typed == pytest.approx(Plain(Random(1)).types_s("Is it green?"))
    whole = talk.whole()
    assert quantile_ms(whole.spreads["wait"], 0.5) == pytest.approx(SERVED_AFTER_S * 1000, rel=0.04)
    assert whole.counts["messages"] == 3
    assert {who: count for who, count in talk.book.people.items() if count} == {}


def test_who_is_not_served_gives_up_when_their_patience_is_over_and_not_before() -> None:
    talk = Talk(served_after_s=1000)
    assert talk.visitor().visit() == "gave up"
    assert talk.line is not None
    assert talk.clock.at == pytest.approx(talk.line.times("conversation:start")[0] + PATIENCE_S)
    whole = talk.whole()
    assert "wait" not in whole.spreads
    assert "served" not in whole.counts
    assert {who: count for who, count in talk.book.people.items() if count} == {}


def test_a_noisy_customer_pastes_line_by_line_without_a_pause() -> None:
    talk = Talk()
    talk.visitor(noisy=True).visit()
    assert talk.line is not None
    pasted = talk.line.times("message:send")[:NOISE_LINES]
    assert len(set(pasted)) == 1
    assert len(talk.line.times("message:send")) == NOISE_LINES + 1


def test_an_agent_lets_it_ring_answers_closes_writes_notes_and_takes_breaks() -> None:
    talk = Talk()
    state: Json = {"id": "c", "epoch": 1, "state": "active", "head": 1}
    first: Json = {
        "seq": 1, "client_id": "", "text": "Where is it?", "sender": {"kind": "customer"},
    }  # fmt: skip
    talk.seq, talk.epoch = 1, 1
    script = {
        "offer:accept": lambda _: {"conversation": state},
        "message:since": lambda _: {"messages": [first], "head": 1},
        "message:send": lambda asked: answered(talk, asked),
    }
    place = Stage(talk.place.urls, talk.book, Random(1), talk.clock, script)
    agent = Signed(place, Plain(Random(3)), "", "", "demo")
    assert isinstance(agent.line, StageLine)
    line = talk.line = agent.line
    talk.clock.later(3, lambda: talk.hear("offer:made", {"offer": "o"}))
    end_s = WORKS_S + RESTS_S + 30
    talk.clock.later(end_s, lambda: talk.hear(OVER, {}))

    agent.work()

    assert commands(line) == [
        "status:set", "offer:accept", "message:since", "read:set", "typing:set", "message:send",
        "read:set", "conversation:close", "conversation:finish",
        "status:set", "status:set", "status:set",
    ]  # fmt: skip
    assert line.times("offer:accept")[0] > 3
    assert line.times("conversation:finish")[0] > line.times("conversation:close")[0]
    statuses = [(at, asked["status"]) for at, name, asked in line.asked if name == "status:set"]
    assert [status for _, status in statuses] == ["available", "busy", "away", "available"]
    assert statuses[1][0] >= WORKS_S
    assert statuses[3][0] - statuses[2][0] == pytest.approx(RESTS_S)
    assert {who: count for who, count in talk.book.people.items() if count} == {}


def answered(talk: Talk, asked: Json) -> Json:
    """Answer an agent as a customer who needs no more."""
    talk.seq += 1
    talk.clock.later(4, lambda: talk.says(FAREWELLS[0], "customer"))
    return {"seq": talk.seq}
