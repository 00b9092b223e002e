"""What the REST API takes and gives about how a shop is set up: people, skills, queues, texts."""
