"""E-mail that goes out: of alerts, and reports on a schedule."""

from storage.migrations.upgrade import run_sql

revision = "0015_pre_mail"
down_revision = "0014_pre_tasks"


def upgrade() -> None:
    """Add who is told by e-mail, which reports are sent when, and what is still to be sent."""
    run_sql(revision)
