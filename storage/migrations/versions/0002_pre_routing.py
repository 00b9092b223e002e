"""Relaxation, overflow, limits, offers to several, people who step in, simulations."""

from storage.migrations.upgrade import run_sql

revision = "0002_pre_routing"
down_revision = "0001_pre_first"


def upgrade() -> None:
    """Add what the routing engine needs."""
    run_sql(revision)
