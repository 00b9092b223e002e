"""Quiet conversations give their room back; queues may keep hours of their own."""

from storage.migrations.upgrade import run_sql

revision = "0005_pre_quiet_and_plans"
down_revision = "0003_pre_search"


def upgrade() -> None:
    """Add the rule of a queue, how long a conversation was quiet, and the plans of a shop."""
    run_sql(revision)
