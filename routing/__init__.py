"""The mind: pure decisions about who serves whom. No I/O, no clock, no randomness."""
