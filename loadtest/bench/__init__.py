"""Paired measurements: Kefu's whole node beside other servers, in one run on one machine."""
