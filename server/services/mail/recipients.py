"""Who may be sent e-mail: those who lead the shop, at their own addresses, and nobody else."""

from typing import cast
from uuid import UUID

from server.protocol.errors import Conflict, Invalid, NotFound
from server.services.ids import uuid_of
from storage.agents import Agents

NO_MAIL = "No e-mail goes out from here."


class Recipients:
    """Checks lists of agents. ``mails``: e-mail goes out at all."""

    def __init__(self, agents: Agents, *, mails: bool) -> None:
        self._agents, self._mails = agents, mails

    async def checked(self, shop_id: UUID, given: object, known: object = ()) -> list[UUID]:
        """Return the ids of a list; Invalid, field `mail_to`, for anybody who does not lead here.

        Those who are ``known``, because they are on the list already, may have ceased to lead.
        """
        named = list(dict.fromkeys(_ids(cast("list[object]", given))))
        before = set(cast("list[UUID]", known))
        if not set(named) - before:
            return named
        if not self._mails:
            raise Invalid(NO_MAIL, field="mail_to", reason="no_mail")
        rows = await self._agents.get_many(set(named) - before)
        for agent_id in set(named) - before:
            row = rows.get(agent_id)
            if row is None or row.shop_id != shop_id or row.deactivated_at is not None:
                raise Invalid("There is no such agent.", field="mail_to")
            if row.role == "agent":
                raise Invalid("Only who leads can be told by e-mail.", field="mail_to")
        return named

    def must_mail(self) -> None:
        """Raise Conflict, reason `no_mail`, where no e-mail goes out."""
        if not self._mails:
            raise Conflict(NO_MAIL, reason="no_mail")


def _ids(given: list[object]) -> list[UUID]:
    try:
        return [each if isinstance(each, UUID) else uuid_of(str(each)) for each in given]
    except NotFound:
        raise Invalid("There is no such agent.", field="mail_to") from None
