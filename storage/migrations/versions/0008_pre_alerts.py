"""Those who lead are told when something goes wrong, and keep how they look at the shop."""

from storage.migrations.upgrade import run_sql

revision = "0008_pre_alerts"
down_revision = "0007_pre_step_in"


def upgrade() -> None:
    """Add rules, what they raised, what is still to be told, and views that were saved."""
    run_sql(revision)
