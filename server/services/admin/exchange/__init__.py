"""The setup as a file: export, dry run and import."""
