"""What we do unasked."""
