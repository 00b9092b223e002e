"""The demo shop: its people, its queues and some weeks of its past."""
