"""Real PostgreSQL for the traffic that is replayed."""

from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn"]
