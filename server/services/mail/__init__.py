"""E-mail that goes out: letters to those who lead, of alerts and of reports."""
