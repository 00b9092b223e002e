"""Events say after which message they happened: of two in the same instant one was first."""

from storage.migrations.upgrade import run_sql

revision = "0018_pre_event_stands"
down_revision = "0017_pre_mended"


def upgrade() -> None:
    """Let every event take the number of the last message."""
    run_sql(revision)
