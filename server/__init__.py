"""The node: it wires the rest together and owns the process."""
