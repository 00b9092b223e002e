"""The plan of work: shifts, time off, and shifts that change hands."""

from storage.migrations.upgrade import run_sql

revision = "0008_pre_schedule"
down_revision = "0007_pre_step_in"


def upgrade() -> None:
    """Add who is to work when, who is away, and who asks whom to take over."""
    run_sql(revision)
