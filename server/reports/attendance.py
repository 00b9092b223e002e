"""How agents spent a time, as people read it: occupancy and conversations at once."""

from collections.abc import Iterable

from server.protocol.reports import AgentTime
from storage.states import Spent


def time_of(spent: Spent, name: str | None) -> AgentTime:
    """Return the time of one agent."""
    return _time([spent], str(spent.agent_id), name)


def together(spent: Iterable[Spent]) -> AgentTime:
    """Return the times of all agents, added up."""
    return _time(list(spent), None, None)


def _time(spent: list[Spent], agent: str | None, name: str | None) -> AgentTime:
    working = sum(each.working_ms for each in spent)
    occupied = sum(each.occupied_ms for each in spent)
    held = sum(each.held_ms for each in spent)
    in_hand = sum(each.in_hand_ms for each in spent)
    return AgentTime(
        agent=agent,
        name=name,
        present_s=sum(each.present_ms for each in spent) / 1000,
        ready_s=sum(each.ready_ms for each in spent) / 1000,
        working_s=working / 1000,
        occupied_s=occupied / 1000,
        occupancy=round(occupied / working, 6) if working else None,
        at_once=round(in_hand / held, 4) if held else None,
    )
