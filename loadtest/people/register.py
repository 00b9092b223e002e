"""Where the notes of all processes come together, and are kept."""

import time
from argparse import Namespace
from pathlib import Path

import msgspec

from loadtest.people.record import Page, Record
from loadtest.people.scenarios import SCENARIOS


class Register:
    """Keeps the record of a run."""

    record: Record | None = None
    is_open = False
    path: Path | None = None

    def opens(self, given: Namespace, workers: int) -> None:
        """Begin a run of so many processes."""
        self.record = Record(
            scenario=given.scenario,
            customers=given.customers,
            agents=SCENARIOS[given.scenario].agents(given.customers),
            nodes=len(given.urls.split(",")),
            began_at=time.time(),
            pace=given.pace,
            seed=given.seed,
            workers=workers,
            where=given.urls,
        )
        self.path = Path(given.record) if given.record else None
        self.is_open = True

    def agents(self) -> int:
        """Return how many agents are available, as far as is known."""
        seconds = self.record.seconds[-5:] if self.is_open and self.record else []
        return max((second.people.get("agents", 0) for second in seconds), default=0)

    def begin(self) -> None:
        """Begin to count time: the shop opens now."""
        if self.record is not None:
            self.record.open(time.time())

    def include(self, page: Page) -> None:
        """Take what a process has to tell."""
        if self.record is not None:
            self.record.include(page)

    def write(self) -> None:
        """Keep what there is so far."""
        if self.path and self.record:
            ended = msgspec.structs.replace(self.record, ended_s=time.time())
            self.path.write_bytes(msgspec.json.encode(ended))
