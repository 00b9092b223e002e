"""How a command ends that cannot do what it was asked."""


class Refused(Exception):
    """Something has to be put right first; the message is a sentence that says what."""
