"""What reports had wrong: stretches of no length, days that are too big, time zones, indexes."""

from storage.migrations.upgrade import run_sql

revision = "0016_pre_reports_mended"
down_revision = "0015_pre_mail"


def upgrade() -> None:
    """Replace three functions, and add an index."""
    run_sql(revision)
