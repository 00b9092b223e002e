"""Storage tests run on real PostgreSQL."""

from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn"]
