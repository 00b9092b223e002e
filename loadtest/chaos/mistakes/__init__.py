"""Ways to break one promise each, which the checker must notice. Never for people."""
