"""What we say, in every language."""
