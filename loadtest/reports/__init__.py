"""Reports over a year of a million conversations: how long each takes."""
