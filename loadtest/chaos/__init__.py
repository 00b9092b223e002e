"""Things are killed on purpose, and what every client was told is compared with PostgreSQL."""
