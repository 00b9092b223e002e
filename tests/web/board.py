"""The live view as it stands on the screen, and what PostgreSQL says of the same moment."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from storage.database import Database

Said = dict[str, Any]

READ = """() => {
  const text = (from, selector) => from.querySelector(selector)?.innerText.trim() ?? '';
  const rows = (name) => [...document.querySelectorAll(`[role=table][aria-label="${name}"] .each`)];
  const heads = (row) => [...row.closest('table').querySelectorAll('thead th')];
  const but = (named, ...names) => Object.fromEntries(
      Object.entries(named).filter(([name]) => !names.includes(name)));
  const queue = document.querySelector('main table tbody tr');
  return queue && {
    figures: but(Object.fromEntries([...document.querySelectorAll('main dl > div')].map(
        (each) => [text(each, 'dt'), text(each, 'dd').replace(/\\s+/g, ' ')])), 'Longest wait'),
    queue: but(Object.fromEntries([...queue.cells].map((cell, i) => [
        heads(queue)[i].innerText.trim(), cell.innerText.trim().split(/\\s/)[0]])),
        'Queue', 'Longest wait', 'Predicted wait'),
    agents: Object.fromEntries(rows('Agents').map((row) => {
      const cells = [...row.querySelectorAll('[role=cell]')];
      return [text(cells[0], 'button'), [cells[1].innerText, text(cells[3], '.only-heard'),
                                         cells[6].innerText]];
    })),
    talks: Object.fromEntries([...document.querySelectorAll('[role=rowheader] .soft')].map(
        (count) => [count.parentElement.firstChild.data.trim(), Number(count.innerText)])),
  };
}"""

# Each counted anew from the tables of record, in other words than the live view's own.
COUNTED = """
WITH talk AS (SELECT * FROM conversation WHERE queued_at IS NOT NULL),
     hand AS (SELECT a.name, a.capacity, initcap(a.status) AS status,
                     (SELECT count(*) FROM slot s WHERE s.agent_id = a.id) AS taken,
                     (SELECT count(*) FROM offer o
                       WHERE o.agent_id = a.id AND o.end_reason = 'timed_out') AS missed
                FROM agent a)
SELECT (SELECT count(*) FROM talk WHERE state IN ('queued', 'offered')) AS waiting,
       (SELECT count(*) FROM talk WHERE state IN ('active', 'wrap_up')) AS in_hand,
       (SELECT count(*) FROM talk t WHERE EXISTS (
               SELECT FROM conversation_event e
                WHERE e.conversation_id = t.id AND e.kind = 'accepted')) AS answered,
       (SELECT count(*) FROM talk t WHERE 20 >= (
               SELECT extract(epoch FROM min(e.at) - t.queued_at) FROM conversation_event e
                WHERE e.conversation_id = t.id AND e.kind = 'accepted')) AS in_time,
       (SELECT count(*) FROM talk t WHERE state = 'closed' AND NOT EXISTS (
               SELECT FROM conversation_event e
                WHERE e.conversation_id = t.id AND e.kind = 'accepted')) AS left_unanswered,
       (SELECT jsonb_object_agg(state, times) FROM (
               SELECT state, count(*) AS times FROM talk WHERE state <> 'closed'
                GROUP BY state) by_state) AS states,
       (SELECT jsonb_agg(to_jsonb(hand)) FROM hand) AS hands
"""

STATES = {"queued": "Waiting", "offered": "Offered", "active": "Active", "wrap_up": "Wrapping up"}


class Board:
    """The live view in a tab, grouped by status."""

    def __init__(self, page: Page, db: Database, lead: str) -> None:
        self._page, self._db, self._lead = page, db, lead

    async def opens(self) -> None:
        """Go to the live view, and group."""
        await self._page.get_by_role("button", name=self._lead).click()
        await self._page.get_by_role("button", name="Live view").click()
        await expect(self._page.get_by_role("heading", name="Live view")).to_be_focused()
        await self._page.get_by_label("Conversations: Group by").select_option("By status")

    async def agrees(self, figures: dict[str, str]) -> Said:
        """Wait until PostgreSQL counts these and the screen says all that it says; return that."""
        wanted: Said = {}

        async def differs() -> str:
            nonlocal wanted
            wanted = await self._counted()
            seen = await self._page.evaluate(READ)
            if figures.items() <= wanted["figures"].items() and seen == wanted:
                return ""
            return f"wanted: {figures}\nthe screen: {seen}\nPostgreSQL: {wanted}"

        left = await differs()
        for _ in range(60):
            if not left:
                break
            await self._page.wait_for_timeout(250)
            left = await differs()
        assert not left, left
        return wanted

    async def _counted(self) -> Said:
        row = await self._db.fetchrow(COUNTED)
        assert row is not None
        ready = [each for each in row["hands"] if each["status"] == "Available"]
        free = sum(max(0, each["capacity"] - each["taken"]) for each in ready)
        asked = row["answered"] + row["left_unanswered"]
        shares = {
            "In time today": _percent(row["in_time"], asked),
            "Abandoned": _percent(row["left_unanswered"], asked),
        }
        places = f"{free} place free" if free == 1 else f"{free} places free"
        return {
            "figures": {
                "Waiting": str(row["waiting"]),
                "In hand": str(row["in_hand"]),
                "Agents ready": f"{len(ready)} {places}",
                **shares,
            },
            "queue": {
                "Waiting": str(row["waiting"]),
                "Can take": str(len(ready)),
                "In hand": str(row["in_hand"]),
                "Answered today": str(row["answered"]),
                **shares,
            },
            "agents": {
                each["name"]: [
                    each["status"],
                    f"{each['taken']} of {each['capacity']} places are taken",
                    str(each["missed"]),
                ]
                for each in row["hands"]
            },
            "talks": {STATES[state]: count for state, count in (row["states"] or {}).items()},
        }


def _percent(part: int, of: int) -> str:
    return f"{int(100 * part / of + 0.5)}%" if of else "–"
