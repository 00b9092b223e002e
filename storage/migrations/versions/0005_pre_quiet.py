"""Quiet conversations give their room back."""

from storage.migrations.upgrade import run_sql

revision = "0005_pre_quiet"
down_revision = "0002_pre_routing"


def upgrade() -> None:
    """Add the rule of a queue, and how long a conversation was quiet."""
    run_sql(revision)
