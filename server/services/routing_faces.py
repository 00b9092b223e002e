"""Records of decisions and of waiting as the wire shows them. Pure: names come in as arguments."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from routing.explain import Record, replay
from routing.policy import POLICIES
from routing.waiting import Change, Waiting
from server.protocol.decisions import (
    Candidate,
    Decision,
    LeftOut,
    OfferOutcome,
    OwnPart,
    RankTerm,
    SkillStep,
    TurnTerms,
    WaitingChange,
    WaitingReasons,
)
from server.protocol.shapes import Person
from server.services.assignment.recalled import why
from storage.rows import DecisionRow, OfferRow

Names = Mapping[str, str]


def person(agent_id: str, names: Names) -> Person:
    """Return somebody by name; who is gone for good has none."""
    return Person(id=agent_id, name=names.get(agent_id, ""))


def decision_face(
    row: DecisionRow, record: Record | None, offers: Iterable[OfferRow], names: Names
) -> Decision:
    """Show a decision to who leads the shop."""
    outcomes = [outcome_face(offer, names) for offer in offers]
    if record is None:
        return Decision(
            id=str(row.id),
            at=row.at,
            offer=_text(row.offer_id),
            chosen=[outcome.agent for outcome in outcomes],
            outcomes=outcomes,
            record=row.record,
        )
    return Decision(
        id=str(row.id),
        at=row.at,
        offer=_text(row.offer_id),
        chosen=[person(name, names) for name in record.chosen],
        outcomes=outcomes,
        policy=record.policy,
        ring=record.ring,
        rings=len(record.queue.rings),
        waited_s=max(0.0, record.at - record.task.queued_at),
        candidates=[_candidate(record, place, names) for place in range(len(record.candidates))],
        compared=record.compared,
        left_out=left_out_faces(record.removed, record.removed_agents, names),
        runner_up=None if record.runner_up is None else person(record.runner_up, names),
        decided_by=record.decided_by,
        margin=record.margin,
        replays=replay(record) == record.chosen,
        record=row.record,
    )


def own_decision_face(
    row: DecisionRow,
    record: Record | None,
    offers: Iterable[OfferRow],
    names: Names,
    agent_id: str,
) -> Decision:
    """Show a decision to an agent: to whom it went, and where they stood themselves."""
    whole = decision_face(row, record, offers, names)
    return Decision(
        id=whole.id,
        at=whole.at,
        offer=whole.offer,
        chosen=whole.chosen,
        outcomes=[outcome for outcome in whole.outcomes if outcome.agent.id == agent_id],
        policy=whole.policy,
        ring=whole.ring,
        rings=whole.rings,
        waited_s=whole.waited_s,
        me=None if record is None else _own(record, names, agent_id),
    )


def outcome_face(offer: OfferRow, names: Names) -> OfferOutcome:
    """Show what became of an offer."""
    return OfferOutcome(
        agent=person(str(offer.agent_id), names),
        result=offer.end_reason or "live",
        ended_at=offer.ended_at,
    )


def waiting_face(
    why_: Waiting, names: Names, *, leads: bool, agent_id: str, offer_until: datetime | None
) -> WaitingReasons:
    """Show why somebody waits: with names to who leads, else with the reader's own part."""
    named: Names = why_.named if leads else {}
    changes = [_change(change, names) for change in why_.changes]
    if offer_until is not None and why_.outlook == "offered":
        changes.append(WaitingChange(kind="offer", at=offer_until))
    return WaitingReasons(
        at=_time(why_.at),
        outlook=why_.outlook,
        position=why_.position,
        rivals=why_.rivals,
        ring=why_.ring,
        rings=why_.rings,
        turn=TurnTerms(
            **{name: getattr(why_.terms, name) for name in why_.terms.__struct_fields__}
        ),
        agents=[person(name, names) for name in why_.agents],
        until=None if why_.until is None else _time(why_.until),
        left_out=left_out_faces(why_.filters, named, names),
        changes=[change for change in changes if leads or _is_for_all(change, agent_id)],
        me=why_.named.get(agent_id),
    )


def left_out_faces(counts: Mapping[str, int], named: Names, names: Names) -> list[LeftOut]:
    """Group those left out by filter, the largest group first."""
    groups = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [
        LeftOut(
            filter=filter_,
            count=count,
            agents=sorted(
                (person(who, names) for who, why_ in named.items() if why_ == filter_),
                key=lambda who: (who.name, who.id),
            ),
        )
        for filter_, count in groups
    ]


def _candidate(record: Record, index: int, names: Names) -> Candidate:
    candidate = record.candidates[index]
    name = candidate.subject.agent.id
    return Candidate(
        agent=person(name, names),
        place=index + 1,
        terms=[
            RankTerm(
                term=term,
                value=candidate.rank[term],
                decided=index < 2 and term == record.decided_by,
            )
            for term in POLICIES[record.policy].terms  # the database keeps no order
        ],
        chosen=name in record.chosen,
    )


def _own(record: Record, names: Names, agent_id: str) -> OwnPart:
    if agent_id in record.chosen:
        return OwnPart(why=why(record, UUID(agent_id)), candidate=_find(record, names, agent_id))
    mine = _find(record, names, agent_id)
    if mine is None:
        return OwnPart(filter=record.removed_agents.get(agent_id))
    best, own = record.candidates[0], record.candidates[mine.place - 1]
    terms = POLICIES[record.policy].terms
    behind_in = next((term for term in terms if own.rank[term] != best.rank[term]), "id")
    return OwnPart(candidate=mine, behind_in=behind_in)


def _find(record: Record, names: Names, agent_id: str) -> Candidate | None:
    for index, candidate in enumerate(record.candidates):
        if candidate.subject.agent.id == agent_id:
            return _candidate(record, index, names)
    return None


def _change(change: Change, names: Names) -> WaitingChange:
    return WaitingChange(
        kind=change.kind,
        at=_time(change.at),
        agent=None if change.agent is None else person(change.agent, names),
        ring=change.ring,
        skills=[SkillStep(skill=s.skill, before=s.before, after=s.after) for s in change.steps],
    )


def _is_for_all(change: WaitingChange, agent_id: str) -> bool:
    """Tell whether a change is nobody's own: that a colleague declined is between them and us."""
    return change.kind != "refusal" or (change.agent is not None and change.agent.id == agent_id)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
