"""Measurements: the program beside a bare python-telegram-bot, in one run (`make bench`)."""
