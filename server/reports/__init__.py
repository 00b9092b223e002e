"""What reports are made of: facts of conversations, the job that keeps them, and their recount."""
