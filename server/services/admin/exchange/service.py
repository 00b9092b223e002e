"""The setup of a shop as a file: handed out, tried, taken in."""

import asyncio
from dataclasses import dataclass

from server.protocol.errors import Faulty, Invalid, Stale
from server.protocol.exchange import ExportQuery, SetupFault, SetupImport, SetupPlan
from server.protocol.setup.queues import QueuesQuery
from server.services.accounts import Accounts
from server.services.admin.exchange import queues, shop
from server.services.admin.exchange.document import (
    Document,
    Wanted,
    read_json,
    read_matrix,
    read_queues,
    write_json,
    write_matrix,
    write_queues,
)
from server.services.admin.exchange.ledger import Ledger
from server.services.admin.exchange.people import AgentsImport, SkillsImport
from server.services.admin.exchange.quiet import Quiet
from server.services.admin.queues import QueuesAdmin
from server.services.admin.shop import ShopAdmin
from server.services.admin.skills import SkillsAdmin
from server.services.clock import Clock
from server.services.router import Router
from server.services.seats import AgentSeat
from storage.people import AgentRow, SkillRow
from storage.setup import Sets, SetupStore


@dataclass(frozen=True, slots=True)
class _Done:
    """What an import came to, and whose consoles show a capacity that is no longer theirs."""

    plan: SetupPlan
    resized: list[AgentRow]


class SetupExchange:
    """For supervisors and administrators. An import changes everything it says, or nothing."""

    def __init__(
        self,
        store: SetupStore,
        sets: Sets,
        accounts: Accounts,
        router: Router,
        clock: Clock,
        origin: str,
    ) -> None:
        self._store, self._sets = store, sets
        self._accounts, self._router = accounts, router
        self._clock, self._origin = clock, origin

    async def export(self, seat: AgentSeat, query: ExportQuery) -> str:
        """Return the setup, or a part of it, as text."""
        seat.must_lead()
        document = await self._document(seat)
        if query.format == "json":
            return write_json(document, query.part)
        if query.part == "all":
            raise Invalid("A table has one part: matrix or queues.", field="part")
        return write_matrix(document) if query.part == "matrix" else write_queues(document)

    async def take(self, seat: AgentSeat, given: SetupImport, *, dry_run: bool) -> SetupPlan:
        """Change what the file says, or only say what would change."""
        seat.must_lead()
        wanted = await asyncio.to_thread(_read, given)  # megabytes; others go on meanwhile

        async def work(sets: Sets) -> _Done:
            return await self._carry_out(seat, wanted, sets)

        def keep(done: _Done) -> bool:
            is_expected = given.expect in {None, done.plan.fingerprint}
            return not dry_run and not done.plan.faults and is_expected

        done = await self._store.try_out(seat.shop_id, work, keep)
        plan = done.plan
        if dry_run:
            return plan
        if plan.faults:
            raise Faulty(_item(fault) for fault in plan.faults)
        if not keep(done):
            raise Stale
        if plan.changes:
            self._router.shop_touched(seat.shop_id)
        for row in done.resized:
            self._accounts.reconnect(row)
        return SetupPlan(
            applied=True,
            fingerprint=plan.fingerprint,
            changes=plan.changes,
            warnings=plan.warnings,
        )

    async def _carry_out(self, seat: AgentSeat, wanted: Wanted, sets: Sets) -> _Done:
        ledger = Ledger(wanted.faults, is_table=wanted.is_table)
        skills, queues_admin, shop_admin = self._admins(sets)
        await SkillsImport(sets.skills, skills, ledger).take(seat, wanted.skills)
        agents = AgentsImport(sets.agents, sets.matrix, sets.skills, ledger)
        resized = await agents.take(seat, wanted.agents)
        await queues.QueuesImport(queues_admin, sets.skills, ledger).take(seat, wanted.queues)
        await shop.ShopImport(shop_admin, ledger).take(seat, wanted.shop)
        plan = SetupPlan(
            applied=False,
            fingerprint=ledger.fingerprint(),
            changes=ledger.changes,
            faults=ledger.faults,
            warnings=ledger.warnings,
        )
        return _Done(plan, resized)

    def _admins(self, sets: Sets) -> tuple[SkillsAdmin, QueuesAdmin, ShopAdmin]:
        """Return what the pages use too, on one transaction; the router hears of it at the end."""
        quiet = Quiet()
        return (
            SkillsAdmin(sets.skills, quiet),
            QueuesAdmin(sets.queues, quiet, self._clock),
            ShopAdmin(sets.shops, quiet, self._clock, self._origin),
        )

    async def _document(self, seat: AgentSeat) -> Document:
        _, queues_admin, shop_admin = self._admins(self._sets)
        skills = await self._sets.skills.of_shop(seat.shop_id)
        agents = await self._sets.agents.of_shop(seat.shop_id)
        records = (await queues_admin.list(seat, QueuesQuery(archived=True))).items
        names = {
            "skill": {row.key: str(row.id) for row in skills},
            "queue": {record.key: record.id for record in records},
        }
        in_use = [record for record in records if not record.archived]
        return {
            "shop": shop.document_of(await shop_admin.one(seat)),
            "skills": [{"key": row.key, "name": row.name, "kind": row.kind} for row in skills],
            "agents": [_agent(row, skills) for row in agents if row.deactivated_at is None],
            "queues": queues.document_of(in_use, names),
        }


def _read(given: SetupImport) -> Wanted:
    if given.format == "json":
        return read_json(given.text)
    if given.part == "all":
        raise Invalid("Say which table it is: matrix or queues.", field="part")
    return read_matrix(given.text) if given.part == "matrix" else read_queues(given.text)


def _agent(row: AgentRow, skills: list[SkillRow]) -> dict[str, object]:
    levels = {skill.key: row.skills[skill.id] for skill in skills if skill.id in row.skills}
    return {"email": row.email, "name": row.name, "capacity": row.capacity, "skills": levels}


def _item(fault: SetupFault) -> dict[str, str | int | float | None]:
    return {
        "message": fault.message,
        "code": fault.code,
        "line": fault.line,
        "column": fault.column,
        "field": fault.field,
        "limit": fault.limit,
    }
