"""Stories need the whole house."""

from tests.support.database import another, database, database_template, dsn
from tests.support.house import house

__all__ = ["another", "database", "database_template", "dsn", "house"]
