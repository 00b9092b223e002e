"""One shop as its watchers know it. Pure: rows go in, what has changed comes out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from heapq import nsmallest
from uuid import UUID

from server.protocol.live import LiveAgent, LiveBoard, LiveChanged, LiveQueue, LiveTalk
from server.services.live.crew import Crew
from server.services.live.faces import WAITING, Hope, lines_of, queue_faces, talk_face
from storage.live import QueueNow, TalkNow

LISTED_MAX = 2000
"""So many who wait are listed, and so many who are served; the figures count all."""

OPEN = frozenset({"queued", "offered", "active", "wrap_up"})

Listed = LiveQueue | LiveAgent | LiveTalk


class Board:
    """Keeps what is true, and what was told; `changes` is the difference between the two."""

    def __init__(self) -> None:
        self.version = 0
        self._talks: dict[str, LiveTalk] = {}
        self.crew = Crew()
        self._hopes: Mapping[str, Hope] = {}
        self._queues: list[QueueNow] = []
        self._told: dict[str, Listed] = {}

    def put_all(self, rows: Iterable[TalkNow]) -> None:
        """Take over all conversations that are open."""
        self._talks = {}
        self.put(rows)

    def put(self, rows: Iterable[TalkNow]) -> None:
        """Take over how some conversations stand now."""
        for row in rows:
            if row.state in OPEN:
                self._talks[str(row.id)] = talk_face(row)
            else:
                self._talks.pop(str(row.id), None)

    def put_queues(self, rows: Iterable[QueueNow]) -> None:
        """Take over the queues, and their figures of today."""
        self._queues = list(rows)

    def put_hopes(self, hopes: Mapping[str, Hope]) -> None:
        """Take over how long one would wait who comes to a queue now."""
        self._hopes = hopes

    def last(self) -> dict[str, UUID]:
        """Return who stands last in each queue."""
        lines = lines_of(self._talks.values())
        return {key: UUID(line.last.id) for key, line in lines.items() if line.last is not None}

    def whole(self, now: datetime) -> LiveBoard:
        """Return what was told so far, for somebody who comes."""
        told = self._told.values()
        return LiveBoard(
            version=self.version,
            at=now,
            queues=[each for each in told if isinstance(each, LiveQueue)],
            agents=[each for each in told if isinstance(each, LiveAgent)],
            talks=[each for each in told if isinstance(each, LiveTalk)],
        )

    def changes(self, now: datetime, *, even_none: bool = False) -> LiveChanged | None:
        """Return what is to be told, and count it as told; None where nothing has changed."""
        listed = self._listed()
        told = self._told
        news = [each for key, each in listed.items() if told.get(key) != each]
        gone = [key for key in told if key not in listed]
        if not (news or gone or even_none):
            return None
        self._told = listed
        self.version += 1
        return LiveChanged(
            version=self.version,
            at=now,
            queues=[each for each in news if isinstance(each, LiveQueue)],
            agents=[each for each in news if isinstance(each, LiveAgent)],
            talks=[each for each in news if isinstance(each, LiveTalk)],
            gone=gone,
        )

    def _listed(self) -> dict[str, Listed]:
        talks = self._talks.values()
        queues = queue_faces(self._queues, lines_of(talks), self.crew.takers, self._hopes)
        # Whoever is served came earlier: one limit for both would hide those who wait.
        waiting = _oldest([each for each in talks if each.state in WAITING])
        served = _oldest([each for each in talks if each.state not in WAITING])
        return {**queues, **self.crew.faces, **{each.id: each for each in (*waiting, *served)}}


def _oldest(talks: list[LiveTalk]) -> list[LiveTalk]:
    return talks if len(talks) <= LISTED_MAX else nsmallest(LISTED_MAX, talks, key=_age)


def _age(talk: LiveTalk) -> tuple[bool, bool, datetime | str, str]:
    """Emergencies first, then who came first; at the end who was never in a line."""
    return not talk.emergency, talk.queued_at is None, talk.queued_at or "", talk.id
