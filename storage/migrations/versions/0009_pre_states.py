"""Facts of reports are rolled up by day; what agents are ready for is logged."""

from storage.migrations.upgrade import run_sql

revision = "0009_pre_states"
down_revision = "0008_pre_alerts"


def upgrade() -> None:
    """Add the roll-ups, and the log of agents' states."""
    run_sql(revision)
