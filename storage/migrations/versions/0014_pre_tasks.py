"""Tasks: what is to be done for a customer later, and by whom."""

from storage.migrations.upgrade import run_sql

revision = "0014_pre_tasks"
down_revision = "0013_pre_plans_mended"


def upgrade() -> None:
    """Add tasks; those of an agent who leaves are for whoever can."""
    run_sql(revision)
