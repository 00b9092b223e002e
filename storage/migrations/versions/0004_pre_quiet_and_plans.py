"""Quiet conversations give room back; queues may keep hours of their own; agents may be idle."""

from storage.migrations.upgrade import run_sql

revision = "0004_pre_quiet_and_plans"
down_revision = "0003_pre_search"


def upgrade() -> None:
    """Add rules of queues and shops, how long a conversation was quiet, plans, and who is idle."""
    run_sql(revision)
