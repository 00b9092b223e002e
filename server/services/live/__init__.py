"""The live view of a shop, for who leads: read from PostgreSQL, told as it changes."""
