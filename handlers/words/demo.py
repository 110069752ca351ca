"""How the people of the demonstration are introduced on its page."""

from handlers.words.voice import Voice


def owner(voice: Voice, unit: str) -> str:
    """What the owner is, who is a secretary as well."""
    return voice.plain("demo.owner", unit=unit)


def secretary(voice: Voice, unit: str) -> str:
    """Runs a unit."""
    return voice.plain("demo.secretary", unit=unit)


def leader(voice: Voice, unit: str, team: str) -> str:
    """Leads a team."""
    return voice.plain("demo.leader", unit=unit, team=team)


def member(voice: Voice, unit: str, team: str) -> str:
    """Belongs to a team."""
    return voice.plain("demo.member", unit=unit, team=team)


def robot(voice: Voice) -> str:
    """What the bot of the demonstration is called."""
    return voice.plain("demo.robot")
