"""Asking for a place in a team, in words."""

import re

JOIN = re.compile(r"报到[。！!]?")
ROSTER = re.compile(
    r"(?:看|查看|查)?(?:花名册|名册|班组名册|成员名单)(?:[:：\s]+(?P<what>.{1,80}))?[?？。]?"
    r"|(?:show (?:me )?)?(?:the )?(?:roster|team list)(?: of (?P<whose>.{1,80}?))?[?.]?",
    re.IGNORECASE,
)
