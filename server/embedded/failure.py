"""What can go wrong with the embedded servers, in a sentence."""


class EmbeddedFailed(Exception):
    """The embedded servers cannot run here; the message says why."""
