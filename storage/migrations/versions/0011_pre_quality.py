"""Quality: scorecards, reviews, calibration, tags, sampling, and what follows low ratings."""

from storage.migrations.upgrade import run_sql

revision = "0011_pre_quality"
down_revision = "0010_pre_blur"


def upgrade() -> None:
    """Add what reviews are made of, and the list of conversations they are chosen from."""
    run_sql(revision)
