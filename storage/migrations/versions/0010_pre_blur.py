"""Shops may blur personal data for those who watch."""

from storage.migrations.upgrade import run_sql

revision = "0010_pre_blur"
down_revision = "0009_pre_states"


def upgrade() -> None:
    """Add which shops do, and find quickly what somebody watches."""
    run_sql(revision)
