"""What strangers try, on the whole house."""

from tests.support.database import database_template, dsn
from tests.support.house import house

__all__ = ["database_template", "dsn", "house"]
