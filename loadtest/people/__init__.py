"""Real users as people: customers, agents and supervisors on a Kefu under load, run by locust."""
