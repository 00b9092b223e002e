"""What `kefu doctor` looks at, what it finds, and how it says so."""
