"""What is to be done for customers later."""
