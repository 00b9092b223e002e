"""`/time_off` and `/swaps`: what agents ask about the plan, and what becomes of it."""

from server.http.endpoint import Call, Endpoint, endpoint
from server.protocol.schedule import (
    NewSwap,
    NewTimeOff,
    Swap,
    SwapAnswer,
    SwapDecision,
    TimeOff,
    TimeOffDecided,
    TimeOffDecision,
    TimeOffWithdrawal,
)
from server.services.schedule.decisions import Decisions
from server.services.schedule.mine import OwnDesk


class RequestsResource:
    """Everybody asks for themselves; supervisors and administrators decide."""

    def __init__(self, mine: OwnDesk, decisions: Decisions) -> None:
        self._mine, self._decisions = mine, decisions

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        off, swaps = "/time_off", "/swaps"
        return [
            endpoint("POST", off, self.ask_off, takes=NewTimeOff, gives=TimeOff, status=201),
            endpoint(
                "PATCH", f"{off}/{{id}}", self.withdraw_off, takes=TimeOffWithdrawal, gives=TimeOff
            ),
            endpoint(
                "POST",
                f"{off}/{{id}}/decision",
                self.decide_off,
                takes=TimeOffDecision,
                gives=TimeOffDecided,
            ),
            endpoint("POST", swaps, self.ask_swap, takes=NewSwap, gives=Swap, status=201),
            endpoint("PATCH", f"{swaps}/{{id}}", self.answer_swap, takes=SwapAnswer, gives=Swap),
            endpoint(
                "POST",
                f"{swaps}/{{id}}/decision",
                self.decide_swap,
                takes=SwapDecision,
                gives=Swap,
            ),
        ]

    async def ask_off(self, call: Call, given: NewTimeOff) -> TimeOff:
        """Ask for days off."""
        return await self._mine.ask_time_off(call.seat, given)

    async def withdraw_off(self, call: Call, _: TimeOffWithdrawal) -> TimeOff:
        """Take one's own days off back."""
        return await self._mine.withdraw_time_off(call.seat, call.id)

    async def decide_off(self, call: Call, given: TimeOffDecision) -> TimeOffDecided:
        """Approve or refuse days off."""
        return await self._decisions.time_off(call.seat, call.id, given)

    async def ask_swap(self, call: Call, given: NewSwap) -> Swap:
        """Ask a colleague, or whoever is first, to take a shift of one's own over."""
        return await self._mine.ask_swap(call.seat, given)

    async def answer_swap(self, call: Call, given: SwapAnswer) -> Swap:
        """Accept or decline what one is asked, or withdraw what one has asked."""
        return await self._mine.answer_swap(call.seat, call.id, given)

    async def decide_swap(self, call: Call, given: SwapDecision) -> Swap:
        """Approve what a colleague has accepted, or refuse it."""
        return await self._decisions.swap(call.seat, call.id, given)
