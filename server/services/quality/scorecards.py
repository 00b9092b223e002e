"""What reviews judge by. Those who lead make it; a change leaves earlier reviews as they are."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from server.protocol.errors import Invalid, NotFound
from server.protocol.quality import (
    NewScorecard,
    Question,
    Scorecard,
    ScorecardItems,
    ScorecardPatch,
)
from server.services.clock import Clock
from server.services.quality.faces import questions_of, scorecard_face
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.errors import Changed
from storage.quality.rows import Json, ScorecardRow
from storage.quality.scorecards import Scorecards as Store

KEY_BYTES = 5
Kept = list[Json]
"""Questions as they are stored."""


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The scorecards of a shop. Only those who lead see them; agents see their reviews'."""

    store: Store
    texts: Texts
    clock: Clock

    async def list(self, seat: AgentSeat) -> ScorecardItems:
        """Return all, by name."""
        seat.must_lead()
        rows = await self.store.of_shop(seat.shop_id)
        return ScorecardItems(items=[scorecard_face(row) for row in rows])

    async def one(self, seat: AgentSeat, scorecard_id: UUID) -> Scorecard:
        """Return one."""
        return scorecard_face(await self.row(seat, scorecard_id))

    async def create(self, seat: AgentSeat, new: NewScorecard) -> Scorecard:
        """Make one."""
        seat.must_lead()
        name = self.texts.name(new.name, "name")
        by = seat.agent_id, self.clock.now()
        questions = self._kept(new.questions, [])
        return scorecard_face(
            await self.store.create(seat.shop_id, name, new.pass_mark, questions, by)
        )

    async def change(self, seat: AgentSeat, scorecard_id: UUID, patch: ScorecardPatch) -> Scorecard:
        """Change what was seen; Changed when somebody else has meanwhile."""
        row = await self.row(seat, scorecard_id)
        now = self.clock.now()
        if row.version != patch.version:
            raise Changed(str(row.version))
        questions = row.questions
        if patch.questions is not UNSET:
            questions = self._kept(patch.questions, questions_of(row.questions))
        changed = await self.store.change(
            row,
            row.name if patch.name is UNSET else self.texts.name(patch.name, "name"),
            row.pass_mark if patch.pass_mark is UNSET else patch.pass_mark,
            questions,
            (seat.agent_id, now),
        )
        if patch.archived is not UNSET:
            await self.store.archive(seat.shop_id, row.id, now if patch.archived else None)
            changed = await self.row(seat, scorecard_id)
        return scorecard_face(changed)

    async def row(self, seat: AgentSeat, scorecard_id: UUID) -> ScorecardRow:
        """Return a scorecard of theirs, or say that there is none."""
        seat.must_lead()
        row = await self.store.get(seat.shop_id, scorecard_id)
        if row is None:
            raise NotFound
        return row

    def _kept(self, questions: Iterable[Question], before: Iterable[Question]) -> Kept:
        """Return questions as they are stored: each with a key, which only earlier ones bring."""
        known, taken = {each.key for each in before}, set[str]()
        kept: Kept = []
        for number, question in enumerate(questions):
            self.texts.name(question.text, f"questions[{number}].text")
            key = question.key if question.key in known else secrets.token_hex(KEY_BYTES)
            assert key is not None
            if key in taken:
                raise Invalid("This question is there twice.", field=f"questions[{number}].key")
            taken.add(key)
            kept.append(msgspec.to_builtins(replace(question, key=key)))
        return kept
