"""Hosts the routing engine: who waits meets who is free, and everybody hears of it."""
