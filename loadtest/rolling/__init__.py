"""Nodes are restarted one after the other while people talk: what is lost, and what do they see?"""
