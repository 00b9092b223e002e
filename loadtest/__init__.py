"""What one node carries, measured."""
