"""A task is made once, however often it is asked for."""

from storage.migrations.upgrade import run_sql

revision = "0020_pre_task_once"
down_revision = "0019_pre_append_quicker"


def upgrade() -> None:
    """Let tasks carry the name that whoever made them gave them."""
    run_sql(revision)
