"""The plan of work: shifts, time off, and shifts that change hands."""

from storage.migrations.upgrade import run_sql

revision = "0012_pre_schedule"
down_revision = "0011_pre_quality"


def upgrade() -> None:
    """Add who is to work when, who is away, and who asks whom to take over."""
    run_sql(revision)
