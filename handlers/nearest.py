"""What to offer to somebody whose words were not understood: the nearest questions, as buttons."""

from handlers.reading.nearness import nearest
from handlers.requests import Request
from handlers.rules.permissions import may
from handlers.rules.questions import NEEDS
from handlers.words import questions as words
from handlers.words.message import Message


async def offered(request: Request, told: Message) -> Message:
    """What is said to somebody, with the nearest of those questions that they may ask.

    Without, where there were no words, or whoever wrote them has no place and no right here.
    """
    if not any(map(str.isalpha, request.text)):
        return told
    held = await request.standings()
    allowed = {kind for kind, needs in NEEDS.items() if may(held, needs)}
    if len(held) == 1:  # anyone's
        return told
    found = nearest(request.text, allowed, request.voice.locale)
    return words.nearest(request.voice, told, found)
