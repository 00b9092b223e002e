"""Paired measurements: Kefu's whole node beside bare python-socketio, in one run on one machine."""
