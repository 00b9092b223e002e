"""Real PostgreSQL for the demo shop's past."""

from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn"]
