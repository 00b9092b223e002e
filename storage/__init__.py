"""The memory: the only package that imports asyncpg or redis."""
