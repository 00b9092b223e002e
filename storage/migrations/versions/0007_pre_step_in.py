"""Supervisors step in: they watch, whisper, join, take over; and it is written down."""

from storage.migrations.upgrade import run_sql

revision = "0007_pre_step_in"
down_revision = "0006_pre_reports"


def upgrade() -> None:
    """Add the record of what they do, who has joined, and what was whispered."""
    run_sql(revision)
