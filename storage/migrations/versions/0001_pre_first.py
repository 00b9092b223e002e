"""Shops, people, conversations, messages, offers, slots, decisions, leases."""

from storage.migrations.upgrade import run_sql

revision = "0001_pre_first"
down_revision = None


def upgrade() -> None:
    """Make the first schema."""
    run_sql(revision)
