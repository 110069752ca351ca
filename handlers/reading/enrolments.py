"""Asking for a place in a team, in words."""

import re

JOIN = re.compile(r"报到[。！!]?")
