"""What `kefu simulate` and the console's simulation page share."""
