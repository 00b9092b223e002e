"""Some weeks of conversations, the same for the same seed and the same day."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from server.seeding import rush
from server.seeding.alarms import Alarms
from server.seeding.blank import new_row
from server.seeding.crowd import Crowd
from server.seeding.judged import judge
from server.seeding.people import Language
from server.seeding.rota import Rota
from server.seeding.rush import Turn
from server.seeding.shown_up import seen
from server.seeding.talk import Repertoire, Script
from server.seeding.talk_en import ENGLISH
from server.seeding.talk_zh import CHINESE
from server.seeding.thread import Thread
from storage.history import Past, Staff
from storage.people import AgentRow, QueueRow, ShopRow, VisitorRow

WEEKS = 4
PER_DAY = 22
BUSY_HOURS_UTC: dict[Language, tuple[int, ...]] = {
    "zh": (1, 2, 3, 6, 7, 11, 12, 12, 13, 13, 14),
    "en": (8, 9, 10, 10, 11, 14, 17, 18, 19, 19, 20),
}
WORDS: dict[Language, Repertoire] = {"zh": CHINESE, "en": ENGLISH}
QUIET = timedelta(hours=1)  # nothing of the past reaches into the present


@dataclass(slots=True)
class Teller:
    """Tells the past of a shop. What happens depends on ``chance`` alone."""

    shop: ShopRow
    staff: Staff
    crowd: Crowd
    chance: Random
    rota: Rota
    threads: list[Thread] = field(default_factory=list[Thread])
    held: dict[UUID, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict[UUID, list[tuple[datetime, datetime]]](list)
    )

    def tell(self, now: datetime) -> Past:
        """Return everything that was said in the weeks before ``now``."""
        for at, language in self._arrivals(now):
            self._converse(at, language)
        for at, language in rush.arrivals(now - QUIET, self.shop.time_zone, self.chance):
            self._converse(at, language, is_rush=True)
        log = seen(self.staff.agents, self.rota, self.held, now, Random(self.chance.random()))
        chance = Random(self.chance.random())
        alarms = Alarms.of(self.staff, self.threads, now, chance)
        return Past(
            visitors=self.crowd.everyone(),
            conversations=[thread.row for thread in self.threads],
            messages=[message for thread in self.threads for message in thread.messages],
            events=[event for thread in self.threads for event in thread.events],
            offers=[offer for thread in self.threads for offer in thread.offers],
            shifts=self.rota.every(),
            swaps=self.rota.swaps,
            states=log.states,
            presence=log.presence,
            alert_rules=alarms.rules,
            alerts=alarms.alerts,
            judged=judge(self.staff, self.threads, now, chance),
        )

    def _arrivals(self, now: datetime) -> Iterator[tuple[datetime, Language]]:
        """Yield who comes when, in order: fewer at weekends, more in the evening."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for back in range(WEEKS * 7, -1, -1):
            day = today - timedelta(days=back)
            share = 0.6 if day.isoweekday() > 5 else 1.1
            count = round(PER_DAY * share * self.chance.uniform(0.8, 1.2))
            coming: list[tuple[datetime, Language]] = []
            for _ in range(count):
                language: Language = "zh" if self.chance.random() < 0.55 else "en"
                hour = self.chance.choice(BUSY_HOURS_UTC[language])
                coming.append((day + timedelta(hours=hour, seconds=self._ms(0, 3600)), language))
            yield from (each for each in sorted(coming) if each[0] < now - QUIET)

    def _converse(self, at: datetime, language: Language, *, is_rush: bool = False) -> None:
        visitor = self.crowd.somebody(language, at)
        scripts = WORDS[language].scripts
        script = self.chance.choice(rush.about(scripts) if is_rush else scripts)
        thread = self._thread(visitor, script, at)
        lines = self._filled(script, language)
        thread.begin(lines[0][1], at)
        agent, begun = (self._in_turn if is_rush else self._turn)(thread.queue, language, at)
        if agent is None:
            thread.give_up(begun)
            ended = begun
        else:
            others = [] if is_rush else self._others(thread, agent)
            ended = self._talk(
                thread, agent, lines, script.outcome, self._offered(thread, agent, others, begun)
            )
            self.held[agent.id].append((begun, ended))
        thread.read_to_the_end()
        self.threads.append(thread)
        self.crowd.gone(visitor, thread.row.agent_id, ended)

    def _talk(
        self,
        thread: Thread,
        agent: AgentRow,
        lines: list[tuple[bool, str]],
        outcome: str,
        at: datetime,
    ) -> datetime:
        """Tell the conversation from when it was taken to the end of the wrap-up; return when."""
        for is_customer, text in lines[1:]:
            typing_s = 3 + len(text) * (0.45 if thread.row.locale == "zh" else 0.16)
            at += timedelta(seconds=self._ms(typing_s * 0.7, typing_s * 2.4 + 8))
            if is_customer:
                thread.customer_says(text, at)
            else:
                thread.agent_says(agent, text, at)
        at += timedelta(seconds=self._ms(6, 50))
        if self.chance.random() < 0.25:
            thread.end(("customer", thread.visitor.id), thread.visitor.name, None, at)
        else:
            thread.end(("agent", agent.id), agent.name, outcome, at)
        ended = thread.finish()
        if self.chance.random() < 0.46:
            self._rate(thread, ended)
        return ended

    def _turn(self, queue: QueueRow, language: Language, at: datetime) -> Turn:
        """Return who takes a customer of an ordinary hour, at once."""
        agent = self._agent_for(queue, language, at)
        if agent is None or self.chance.random() < 0.04:
            return Turn(None, at + timedelta(seconds=self._ms(20, 150)))
        return Turn(agent, at)

    def _in_turn(self, queue: QueueRow, language: Language, at: datetime) -> Turn:
        """Return who takes a customer of a rush, when a place is free; patience may end before."""
        return rush.in_turn(self._able(queue, language), self.held, at, self.chance)

    def _others(self, thread: Thread, agent: AgentRow) -> list[AgentRow]:
        return [other for other in self._able(thread.queue, thread.row.locale) if other != agent]

    def _offered(
        self, thread: Thread, agent: AgentRow, others: Sequence[AgentRow], at: datetime
    ) -> datetime:
        """Offer it, sometimes to somebody who does not take it first; return when it was taken."""
        at += timedelta(seconds=self._ms(0.02, 0.2))
        if others and self.chance.random() < 0.08:
            thread.offer(self.chance.choice(others), at)
            if self.chance.random() < 0.5:
                at += timedelta(seconds=self._ms(3, 15))
                thread.refuse("declined", at)
            else:
                at += timedelta(seconds=thread.queue.offer_timeout_s)
                thread.refuse("timed_out", at)
            at += timedelta(seconds=self._ms(0.02, 0.2))
        thread.offer(agent, at)
        at += timedelta(seconds=self._ms(2, 20))
        thread.accept(agent, at)
        return at

    def _rate(self, thread: Thread, at: datetime) -> None:
        """Long waits and complaints cost stars."""
        waited_s = (thread.row.waiting_ms or 0) / 1000
        mean = 4.6 - 0.9 * (thread.row.topic == "complaint") - min(waited_s / 90, 1.2)
        score = max(1, min(5, round(self.chance.gauss(mean, 0.8))))
        comment = None
        if self.chance.random() < 0.35 and score != 4:
            words = CHINESE if thread.row.locale == "zh" else ENGLISH
            comment = self.chance.choice(words.praise if score == 5 else words.blame)
        thread.rate(score, comment, at + timedelta(seconds=self._ms(4, 120)))

    def _thread(self, visitor: VisitorRow, script: Script, at: datetime) -> Thread:
        queue = next(queue for queue in self.staff.queues if script.topic in queue.topics)
        row = new_row(visitor, queue, script.topic, at, self.chance)
        row = replace(row, last_agent_id=self.crowd.last_agent.get(visitor.id))
        return Thread(row, visitor, queue, self.chance)

    def _filled(self, script: Script, language: Language) -> list[tuple[bool, str]]:
        words = WORDS[language]
        facts = {
            "product": self.chance.choice(words.products),
            "order": f"WR-{self.chance.randint(18000, 20400)}",
            "day": self.chance.choice(words.days),
        }
        return [(is_customer, text.format(**facts)) for is_customer, text in script.lines()]

    def _able(self, queue: QueueRow, locale: str | None) -> list[AgentRow]:
        """Return agents with the queue's skills who speak the language."""
        keys = {skill.key: skill.id for skill in self.staff.skills}
        return [
            agent
            for agent in self.staff.agents
            if agent.role != "admin"
            and agent.skills.get(keys[f"lang:{locale}"], 0) >= 2
            and all(agent.skills.get(need.skill_id, 0) >= need.level for need in queue.skills)
        ]

    def _agent_for(self, queue: QueueRow, language: Language, at: datetime) -> AgentRow | None:
        """Return somebody able who has a free place: on shift, then least busy first."""
        soon = at + timedelta(minutes=20)
        load: dict[UUID, int] = {}
        for agent in self.staff.agents:
            spans = self.held[agent.id][-20:]
            load[agent.id] = sum(begun < soon and at < ended for begun, ended in spans)
        able = [
            agent
            for agent in self._able(queue, language)
            if load[agent.id] < agent.capacity and self.rota.is_near(agent, at)
        ]
        self.chance.shuffle(able)
        return min(
            able,
            key=lambda agent: (
                not self.rota.is_there(agent, at),
                load[agent.id] / agent.capacity,
            ),
            default=None,
        )

    def _ms(self, least_s: float, most_s: float) -> float:
        """Return a time in seconds, whole milliseconds, more often short than long."""
        return math.floor(1000 * self.chance.triangular(least_s, most_s, least_s)) / 1000
