"""The composition root in parts: what is built of what."""
