"""`kefu serve` on a PostgreSQL whose clock jumps: it is off by what stands in a file.

The nodes' own clocks follow PostgreSQL's, each in its own time.
"""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from server.__main__ import main
from storage.database import Database

FILE = "clock-is-off-by-s"


def set_clock(folder: Path, off_s: float) -> None:
    """Let the clock jump to so many seconds from the right time."""
    (folder / FILE).write_text(str(off_s))


def follow(path: Path) -> None:
    """Let PostgreSQL's clock be off by what stands in the file."""
    right = Database.clock

    async def odd(self: Database) -> datetime:
        off_s = float(path.read_text()) if path.exists() else 0.0
        return await right(self) + timedelta(seconds=off_s)

    Database.clock = odd


if __name__ == "__main__":
    follow(Path(os.environ["KEFU_DATA_DIR"]) / FILE)
    sys.exit(main(["serve"]))
