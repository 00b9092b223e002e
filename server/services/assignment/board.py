"""One shop as the host knows it: the engine, and beside it what only services care for."""

from collections.abc import Iterable
from uuid import UUID

from msgspec.structs import replace

from routing.engine import Engine
from routing.eta import Handling
from server.services.assignment.facts import NO_QUEUE, agent_facts, queue_facts, task_facts
from server.services.assignment.speeds import Speeds
from storage.handling import Traffic
from storage.people import AgentFacts, QueueFacts, ShopFacts, ShopRow, WaitingFacts
from storage.rows import OfferRow
from storage.speeds import KeptSpeeds

ASIDE = ("",)
"""On offer to nobody: in its place in the line, and matched with no one."""


class Board:
    """A shop's agents, queues, waiting customers and live offers. Putting tells who was new."""

    def __init__(self, shop: ShopRow) -> None:
        self.shop = shop
        self.engine = Engine()
        self.agents: dict[UUID, AgentFacts] = {}
        self.queues: dict[str, QueueFacts] = {}
        self.until: dict[UUID, float] = {}
        self.online: set[UUID] = set()
        self.waiting: dict[UUID, WaitingFacts] = {}
        self.refused: set[UUID] = set()
        self.came: set[UUID] = set()
        """Who was not judged yet: whether their queue was full when they came."""
        self.beyond: set[UUID] = set()
        """Those for whom it was, until they are told."""
        self.marked: set[UUID] = set()
        self.idle: set[UUID] = set()
        self.aside: set[UUID] = set()
        """Those whom nobody can be offered for a fault of ours: they keep their place meanwhile."""
        self.offers: dict[UUID, OfferRow] = {}
        self.told: set[UUID] = set()
        self.traffic: dict[UUID, Traffic] = {}
        self.traffic_due = 0.0
        self.speeds: Speeds = {}
        self.speeds_version: int | None = None
        self.gone_since: dict[UUID, float] = {}
        self.is_new = True
        self.out_of_use: set[UUID] = set()
        """Queues in which somebody waits and that ask for nothing any more."""
        self.engine.put_queue(NO_QUEUE)

    def put_all(self, facts: ShopFacts) -> set[UUID]:
        """Take in everything, and forget what is not there any more."""
        self.offers = {offer.id: offer for offer in facts.offers}
        self.told &= self.offers.keys()
        known = {str(queue.id) for queue in facts.queues}
        for gone in self.queues.keys() - known:
            self.engine.drop_queue(gone)
        self.queues = {str(queue.id): queue for queue in facts.queues}
        for queue in facts.queues:
            traffic = self.traffic.get(queue.id)
            self.engine.put_queue(queue_facts(queue, self.queues, traffic))
        self.out_of_use = {
            each.queue_id
            for each in facts.waiting
            if each.queue_id is not None and str(each.queue_id) not in known
        }
        waiting = {each.id for each in facts.waiting}
        agents = {each.id for each in facts.agents}
        new = self.put_agents(facts.agents, agents | self.agents.keys())
        asked = waiting | {UUID(task_id) for task_id in self.engine.tasks}
        return new | self.put_waiting(facts.waiting, asked)

    def put_agents(self, found: Iterable[AgentFacts], asked: Iterable[UUID]) -> set[UUID]:
        """Take in agents; those asked for but not found have left."""
        new: set[UUID] = set()
        left = set(asked)
        for agent in found:
            if not agent.deactivated:
                left.discard(agent.id)
                self.agents[agent.id] = agent
                self._note_idle(agent)
                if self._put_agent(agent):
                    new.add(agent.id)
        self.is_new = True
        for agent_id in left:
            self.agents.pop(agent_id, None)
            self.idle.discard(agent_id)
            self.gone_since.pop(agent_id, None)
            if self.engine.drop_agent(str(agent_id)):
                new.add(agent_id)
        return new

    def put_speeds(self, kept: KeptSpeeds) -> None:
        """Take in how fast agents are; whose speed changed is no news that anybody should tell."""
        self.speeds_version = kept.version
        before, self.speeds = self.speeds, kept.speeds
        for agent in self.agents.values():
            if before.get(str(agent.id)) != self.speeds.get(str(agent.id)):
                self._put_agent(agent)

    def knows_queues_of(self, found: Iterable[WaitingFacts]) -> bool:
        """Tell whether what each of these asks for is known."""
        ids = {each.queue_id for each in found} - self.out_of_use - {None}
        return all(str(queue_id) in self.queues for queue_id in ids)

    def put_waiting(self, found: Iterable[WaitingFacts], asked: Iterable[UUID]) -> set[UUID]:
        """Take in those who wait; those asked for but not found wait no more."""
        new: set[UUID] = set()
        left = set(asked)
        for waiting in found:
            left.discard(waiting.id)
            self._note(waiting)
            if self._put_task(waiting):
                new.add(waiting.id)
        for conversation_id in left:
            self.waiting.pop(conversation_id, None)
            for noted in (self.refused, self.came, self.beyond, self.marked, self.aside):
                noted.discard(conversation_id)
            if self.engine.drop_task(str(conversation_id)):
                new.add(conversation_id)
        return new

    def set_aside(self, conversation_id: UUID) -> None:
        """Let those behind somebody have their turn, until the shop is swept."""
        waiting = self.waiting.get(conversation_id)
        if waiting is not None:
            self.aside.add(conversation_id)
            self._put_task(waiting)

    def take_back(self) -> None:
        """Try those again who were set aside."""
        aside, self.aside = self.aside, set()
        for conversation_id in aside:
            self._put_task(self.waiting[conversation_id])

    def put_offers(self, found: Iterable[OfferRow], asked: Iterable[UUID]) -> None:
        """Take in the live offers of some conversations; what is not found is over."""
        of = set(asked)
        known = {each.id: each for each in self.offers.values() if each.conversation_id not in of}
        self.offers = known | {offer.id: offer for offer in found}
        self.told &= self.offers.keys()

    def put_presence(self, until: dict[UUID, float], now: float) -> None:
        """Take in until when each agent counts as here, in seconds since 1970."""
        self.until = until
        self.note_time(now)

    def note_time(self, now: float) -> None:
        """Let those go whose time is over."""
        online = {agent_id for agent_id, until in self.until.items() if until > now}
        self._note_gone(online, now)
        changed, self.online = online ^ self.online, online
        self.is_new = self.is_new or bool(changed)
        for agent_id in changed & self.agents.keys():
            self._put_agent(self.agents[agent_id])

    def next_gone(self) -> float | None:
        """Return when the first of those who are here would be gone, if nothing new is heard."""
        return min((self.until[agent_id] for agent_id in self.online), default=None)

    def next_expiry(self) -> float | None:
        """Return when the first live offer ends by itself, in seconds since 1970."""
        return min((offer.expires_at.timestamp() for offer in self.offers.values()), default=None)

    def offers_to_the_lost(self) -> list[OfferRow]:
        """Return live offers of agents who are not here any more."""
        return [offer for offer in self.offers.values() if offer.agent_id not in self.online]

    def offers_to_the_away(self) -> list[OfferRow]:
        """Return live offers of agents who have stepped away since, or are out of service."""
        wants = {agent.id for agent in self.agents.values() if agent.status == "available"}
        return [offer for offer in self.offers.values() if offer.agent_id not in wants]

    def untold(self) -> list[OfferRow]:
        """Return live offers that this host has not told anybody of."""
        return [offer for offer in self.offers.values() if offer.id not in self.told]

    def take(self, offer: OfferRow) -> None:
        """Forget the offers of a conversation that was taken."""
        self.put_offers((), [offer.conversation_id])

    def accepts_by_itself(self, offer: OfferRow) -> bool:
        """Tell whether the queue of an offer accepts in the agent's name."""
        task = self.engine.tasks.get(str(offer.conversation_id))
        queue = None if task is None else self.queues.get(task.queue)
        return queue is not None and queue.auto_accept

    def ready(self) -> list[AgentFacts]:
        """Return the agents who are available and here."""
        return [
            agent
            for agent in self.agents.values()
            if agent.status == "available"
            and agent.responding
            and not agent.idle
            and agent.id in self.online
        ]

    @property
    def handling(self) -> dict[str, Handling]:
        """How long conversations of each queue take, by what is known of it."""
        return {
            str(queue_id): Handling(
                each.mean_s, each.count, each.patience_s, each.scored, each.coverage
            )
            for queue_id, each in self.traffic.items()
            if each.count
        }

    def lost(self, now: float) -> list[AgentFacts]:
        """Return the agents who are gone for so long that what they hold waits again."""
        if self.shop.lost_agent != "requeue":
            return []
        since = now - self.shop.lost_agent_s
        return [
            self.agents[agent_id]
            for agent_id, gone_s in self.gone_since.items()
            if gone_s <= since and agent_id in self.agents
        ]

    def next_lost(self) -> float | None:
        """Return when the next agent is gone for too long, if they have anything in hand."""
        if self.shop.lost_agent != "requeue":
            return None
        holding = (
            gone_s
            for agent_id, gone_s in self.gone_since.items()
            if (agent := self.agents.get(agent_id)) and (agent.held or agent.quiet)
        )
        first = min(holding, default=None)
        return None if first is None else first + self.shop.lost_agent_s

    def unclaimed(self) -> list[UUID]:
        """Return those who wait though everybody here who may take them has been asked."""
        return [each for each in self.refused if self._is_unclaimed(self.waiting[each])]

    def _is_unclaimed(self, waiting: WaitingFacts) -> bool:
        """Count rather than name: a large shop has many who could take it."""
        pool, stands = self.engine.pool, self.engine.stands
        queue_id = self.engine.tasks[str(waiting.id)].queue
        names = set(map(str, waiting.passed_over_by))
        asked = [
            pool.agents[name]
            for name in names & pool.agents.keys()
            if stands.is_able(name, queue_id) and pool.agents[name].online
        ]
        able = pool.profiles(stands.services[queue_id].everybody & pool.ready)
        ready = sum(profile.ready for profile in able)
        is_there = any(agent.status == "available" for agent in asked)
        return is_there and ready == sum(agent.ready for agent in asked)

    def _note(self, waiting: WaitingFacts) -> None:
        if waiting.id not in self.waiting:
            self.came.add(waiting.id)
        self.waiting[waiting.id] = waiting
        self.is_new = True
        is_queued = waiting.state == "queued" and waiting.unclaimed_at is None
        if is_queued and waiting.passed_over_by:
            self.refused.add(waiting.id)
        else:
            self.refused.discard(waiting.id)

    def _note_idle(self, agent: AgentFacts) -> None:
        if agent.idle:
            self.idle.add(agent.id)
        else:
            self.idle.discard(agent.id)

    def _note_gone(self, online: set[UUID], now: float) -> None:
        for agent_id in online:
            self.gone_since.pop(agent_id, None)
        for agent_id in self.agents.keys() - online:
            self.gone_since.setdefault(agent_id, now)

    def _put_agent(self, agent: AgentFacts) -> bool:
        speeds = self.speeds.get(str(agent.id))
        is_online = agent.id in self.online
        return self.engine.put_agent(agent_facts(agent, is_online=is_online, speeds=speeds))

    def _put_task(self, waiting: WaitingFacts) -> bool:
        task = task_facts(waiting, self.queues.get(str(waiting.queue_id)))
        if waiting.id in self.aside:
            task = replace(task, offered_to=task.offered_to or ASIDE)
        return self.engine.put_task(task)
