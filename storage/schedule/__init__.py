"""The plan of work: who is to work when, who is away, and what they ask of each other."""
