"""Reports by e-mail follow the shop's clock."""

from storage.migrations.upgrade import run_sql

revision = "0021_pre_report_zone"
down_revision = "0020_pre_task_once"


def upgrade() -> None:
    """Let the next time follow a change of the time zone."""
    run_sql(revision)
