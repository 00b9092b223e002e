"""Steps from one schema to the next: plain SQL in ``versions``, run by alembic."""
