"""How a shop is set up: its people, skills, queues, prepared answers, and the shop itself."""
