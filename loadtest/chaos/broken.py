"""Builds with one mistake each, to see that the checker catches them. Never for people.

`python -m loadtest.chaos.broken NAME` is `kefu serve` with that one mistake in it.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from loadtest.chaos.mistakes import lines, messages, reports, routing
from loadtest.chaos.odd_clock import FILE, follow
from server.__main__ import main

BUILDS: dict[str, Callable[[], None]] = {
    "ack-before-commit": messages.ack_before_commit,
    "no-deduplication": messages.no_deduplication,
    "reads-backwards": messages.reads_backwards,
    "accepts-twice": routing.accepts_twice,
    "counts-badly": routing.counts_badly,
    "overlooks-some": routing.overlooks_some,
    "forgets-hands": reports.forgets_hands,
    "keeps-the-deaf": lines.keeps_the_deaf,
    "gives-up": messages.gives_up,
    "cries-out": messages.cries_out,
    "takes-silence-for-yes": messages.takes_silence_for_yes,
    "stays-deaf": lines.stays_deaf,
    "believes-own-clock": reports.believes_own_clock,
}

if __name__ == "__main__":
    follow(Path(os.environ["KEFU_DATA_DIR"]) / FILE)
    BUILDS[sys.argv[1]]()
    sys.exit(main(["serve"]))
