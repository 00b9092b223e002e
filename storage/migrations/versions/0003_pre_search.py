"""Search in every message, and in who the customers are."""

from storage.migrations.upgrade import run_sql

revision = "0003_pre_search"
down_revision = "0002_pre_routing"


def upgrade() -> None:
    """Add the index of words, and what keeps it."""
    run_sql(revision)
