"""What reports stand on: facts derived from conversations, and figures counted out of facts."""
