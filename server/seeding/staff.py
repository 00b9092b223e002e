"""Turns the demo shop's set-up into rows."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from uuid import UUID

from server.seeding import setup
from server.seeding.blank import id_at
from server.seeding.people import COLLEAGUES, Colleague
from server.seeding.setup import Line, Skill
from storage.history import Staff
from storage.people import (
    AgentRow,
    CannedReplyRow,
    Overflow,
    QueueRow,
    QueueSkill,
    ShopRow,
    SkillRow,
)

TOPICS = ["before_purchase", "order_delivery", "returns", "complaint", "other"]
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes rows of one moment. ``chance`` decides ids, never secrets."""

    now: datetime
    chance: Random

    def shop(self, origins: list[str]) -> ShopRow:
        """Return the demo shop, always open."""
        return ShopRow(
            id=self.id(),
            key=setup.SHOP_KEY,
            name=setup.SHOP_NAME,
            greeting=None,
            locale="en",
            time_zone=setup.TIME_ZONE,
            accent=setup.ACCENT,
            identity_secret=secrets.token_urlsafe(SECRET_BYTES),
            identity_required=False,
            allowed_origins=origins,
            topics=TOPICS,
            hours=None,
            agents_may_pick=True,
            wait_notice_s=60,
            wait_urgent_s=180,
            created_at=self.now,
        )

    def staff(self, shop_id: UUID, password_hash: str) -> Staff:
        """Return the demo shop's people, queues and skills."""
        skills = [self.skill(shop_id, skill) for skill in setup.SKILLS]
        ids = {skill.key: skill.id for skill in skills}
        queues = {line.key: self.queue(shop_id, line, ids) for line in setup.LINES}
        return Staff(
            skills=skills,
            queues=[
                replace(queues[line.key], overflow=_helpers(line, queues)) for line in setup.LINES
            ],
            agents=[self.agent(shop_id, each, ids, password_hash) for each in COLLEAGUES],
        )

    def skill(self, shop_id: UUID, skill: Skill) -> SkillRow:
        """Return a skill or language."""
        kind = "language" if skill.is_language else "skill"
        return SkillRow(self.id(), shop_id, skill.key, skill.name, kind)

    def queue(self, shop_id: UUID, line: Line, skills: dict[str, UUID]) -> QueueRow:
        """Return a queue with what it needs."""
        return QueueRow(
            id=self.id(),
            shop_id=shop_id,
            key=line.key,
            name=line.name,
            topics=list(line.topics),
            priority=line.priority,
            offer_timeout_s=30,
            wrap_up_s=10,
            auto_accept=False,
            match_language=True,
            archived_at=None,
            skills=tuple(
                QueueSkill(skills[key], level, True, line.steps)
                for key, level in line.needs.items()
            ),
            target_s=line.target_s,
        )

    def agent(
        self, shop_id: UUID, colleague: Colleague, skills: dict[str, UUID], password_hash: str
    ) -> AgentRow:
        """Return an agent who has not come to work yet."""
        return AgentRow(
            id=self.id(),
            shop_id=shop_id,
            email=colleague.email,
            name=colleague.name,
            password_hash=password_hash,
            role=colleague.role,
            capacity=colleague.capacity,
            status="away",
            status_at=self.now,
            idle_since=self.now,
            deactivated_at=None,
            created_at=self.now,
            skills={skills[key]: level for key, level in colleague.skills.items()},
        )

    def replies(self, shop_id: UUID) -> list[CannedReplyRow]:
        """Return the ready-made answers."""
        return [CannedReplyRow(self.id(), shop_id, *reply) for reply in setup.REPLIES]

    def id(self) -> UUID:
        """Return a fresh id of this moment."""
        return id_at(self.now, self.chance)


def _helpers(line: Line, queues: dict[str, QueueRow]) -> tuple[Overflow, ...]:
    return tuple(Overflow(queues[key].id, after_s) for key, after_s in line.helpers)
