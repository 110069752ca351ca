"""A Bot API of our own on loopback, and the chats it serves: to try the bot with no account."""
