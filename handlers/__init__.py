"""What we do when asked."""
