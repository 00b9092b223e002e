"""The customers of the past: some known to the shop, some strangers, some who come again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from server.seeding.blank import id_at
from server.seeding.people import (
    CITIES,
    DEMO_CUSTOMERS,
    FAMILY,
    FIRST,
    GIVEN,
    LAST,
    Customer,
    Language,
)
from storage.people import VisitorRow

RETURNING_RATIO = 0.35
SIGNED_RATIO = 0.6
REST = timedelta(days=4)  # between two visits of the same customer


@dataclass(slots=True)
class Crowd:
    """Who has been here, when they were last seen, and who served them."""

    shop_id: UUID
    chance: Random
    visitors: dict[UUID, VisitorRow] = field(default_factory=dict[UUID, VisitorRow])
    seen: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    last_agent: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])

    def somebody(self, language: Language, at: datetime) -> VisitorRow:
        """Return who comes: often somebody new, sometimes somebody who was here before."""
        known = [
            visitor
            for visitor in self.visitors.values()
            if visitor.locale == language and self.seen[visitor.id] + REST < at
        ]
        if known and self.chance.random() < RETURNING_RATIO:
            return self.chance.choice(known)
        return self._newcomer(language, at)

    def gone(self, visitor: VisitorRow, agent_id: UUID | None, at: datetime) -> None:
        """Remember when somebody left and who had served them."""
        self.seen[visitor.id] = at
        if agent_id is not None:
            self.last_agent[visitor.id] = agent_id

    def everyone(self) -> list[VisitorRow]:
        """Return all of them, with the time each was last seen."""
        return [
            VisitorRow(
                id=visitor.id,
                shop_id=visitor.shop_id,
                external_id=visitor.external_id,
                name=visitor.name,
                email=visitor.email,
                phone=None,
                locale=visitor.locale,
                attributes=visitor.attributes,
                page_url=None,
                page_title=None,
                created_at=visitor.created_at,
                seen_at=self.seen[visitor.id],
            )
            for visitor in self.visitors.values()
        ]

    def _newcomer(self, language: Language, at: datetime) -> VisitorRow:
        customer = self._customer(language)
        visitor = VisitorRow(
            id=id_at(at, self.chance),
            shop_id=self.shop_id,
            external_id=customer and customer.external_id,
            name=customer and customer.name,
            email=customer and customer.email,
            phone=None,
            locale=language,
            attributes={"city": customer.city, "orders": self.chance.randint(1, 9)}
            if customer
            else {},
            page_url=None,
            page_title=None,
            created_at=at,
            seen_at=at,
        )
        self.visitors[visitor.id] = visitor
        self.seen[visitor.id] = at
        return visitor

    def _customer(self, language: Language) -> Customer | None:
        """Return who it is when the shop vouches for them; the demo customers come first."""
        here = {visitor.external_id for visitor in self.visitors.values()}
        for customer in DEMO_CUSTOMERS:
            if customer.language == language and customer.external_id not in here:
                return customer
        if self.chance.random() > SIGNED_RATIO:
            return None
        number = f"c{1000 + len(here)}-{self.chance.randrange(100)}"
        if language == "zh":
            name = self.chance.choice(FAMILY) + self.chance.choice(GIVEN)
        else:
            name = f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"
        city = self.chance.choice(CITIES[language])
        return Customer(number, name, f"{number}@example.com", language, city)
