"""Where Chromium is, and what is said when there is none."""

from __future__ import annotations

import shutil

ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOW_TO_GET_ONE = (
    "Browser tests were skipped: there is no Chromium. On Debian and Ubuntu: "
    "apt-get install chromium fonts-noto-cjk"
)


def chromium() -> str | None:
    """Return the path of the system's Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)
