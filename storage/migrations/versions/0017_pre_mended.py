"""Who waits has an age; who leads no more speaks no more beside an agent."""

from storage.migrations.upgrade import run_sql

revision = "0017_pre_mended"
down_revision = "0016_pre_reports_mended"


def upgrade() -> None:
    """Add a rule to conversations, and let only those who lead speak beside an agent."""
    run_sql(revision)
