"""What was meant by a shift, versions of rules, and since when a limit of low ratings holds."""

from storage.migrations.upgrade import run_sql

revision = "0013_pre_plans_mended"
down_revision = "0012_pre_schedule"


def upgrade() -> None:
    """Add what copying a week, changing a rule and setting the limit go by."""
    run_sql(revision)
