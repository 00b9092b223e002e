"""What was learnt of how fast agents are is kept where every node reads it."""

from storage.migrations.upgrade import run_sql

revision = "0005_pre_speeds"
down_revision = "0004_pre_quiet_and_plans"


def upgrade() -> None:
    """Add the speeds of each shop's agents."""
    run_sql(revision)
