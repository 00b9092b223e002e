"""The engine that serves production, under a simulated clock. Pure: chance is handed in."""
