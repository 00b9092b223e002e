"""Reports go to those on their list, by the shop's clock."""

from storage.migrations.upgrade import run_sql

revision = "0022_pre_reports_kept"
down_revision = "0021_pre_report_zone"


def upgrade() -> None:
    """Tell letters of a schedule apart, and move what is due as the program would."""
    run_sql(revision)
