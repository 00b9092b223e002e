"""How long it took until those who needed what was broken had it again. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loadtest.chaos.history import History


@dataclass(slots=True)
class Strike:
    """When something was broken and mended, in steady seconds and in time of day.

    ``node`` is the one that was hit; None when everybody depends on what was.
    """

    at_s: float
    wall_s: float
    node: int | None = None
    mended_s: float | None = None


def answers(histories: Sequence[History], strike: Strike) -> float | None:
    """Return the longest that anybody hit waited for an answer; None while somebody still does.

    What was asked before counts from the strike on.
    """
    if strike.mended_s is None:
        return None
    worst_s = 0.0
    for history in histories:
        if strike.node is not None and not history.was_on(strike.node, strike.at_s):
            continue
        for asked in history.asked:
            if asked.begun_s >= strike.mended_s:
                continue
            if asked.answered_s is None:
                return None
            worst_s = max(worst_s, asked.answered_s - max(asked.begun_s, strike.at_s))
    return worst_s


def assignment(histories: Iterable[History], strike: Strike) -> float | None:
    """Return when an agent first had what was offered after the strike; None until then."""
    taken = [
        taking.acked_s
        for history in histories
        for taking in history.takings
        if taking.acked_s is not None and taking.made_at > strike.wall_s
    ]
    return min(taken) - strike.at_s if taken else None


def news(histories: Sequence[History], strike: Strike) -> float | None:
    """Return how late the latest message came to its reader, from its acknowledgement on.

    None until, after all is mended, one node has told another one's readers again.
    """
    if strike.mended_s is None:
        return None
    sent = {
        saying.client_id: (history.person, saying.acks[0])
        for history in histories
        for saying in history.sayings
        if saying.acks and saying.acks[0].at_s >= strike.at_s
    }
    worst_s, is_heard = 0.0, False
    for history in histories:
        for seen in history.seen:
            sender, ack = sent.get(seen.client_id, (history.person, None))
            if ack is None or sender == history.person or not seen.is_shown:
                continue
            is_new = ack.tried_s > strike.mended_s
            is_heard |= is_new and seen.is_told and seen.node != ack.node
            since_s = max(ack.at_s, history.follows.get(seen.conversation, seen.at_s))
            worst_s = max(worst_s, seen.at_s - since_s)
    return worst_s if is_heard else None
