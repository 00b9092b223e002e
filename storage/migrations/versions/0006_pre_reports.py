"""Facts for reports are derived by a job; the hours that a shop keeps are remembered."""

from storage.migrations.upgrade import run_sql

revision = "0006_pre_reports"
down_revision = "0005_pre_speeds"


def upgrade() -> None:
    """Add what is derived, what is due, and the log of opening hours."""
    run_sql(revision)
