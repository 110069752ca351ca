"""What we show over HTTP: the webhook's door, and how we are."""
