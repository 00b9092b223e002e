"""The REST resources: each turns requests into one call of a use case."""
