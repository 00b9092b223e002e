"""Years of talk in a database, and what it takes to read in it."""
