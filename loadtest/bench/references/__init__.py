"""What Kefu is measured against: small servers, written as the documentation of each shows it."""
