"""The plan of work: those who lead plan, everybody sees their own and asks."""
