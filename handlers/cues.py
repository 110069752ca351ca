"""Words that somebody was asked for, of an announcement: a moment, a correction, a name."""

from handlers import audiences, corrections, timings
from handlers.requests import Otherwise, Reply, Request, Route
from handlers.rules.permissions import Action
from storage import cues
from storage.kinds import Cueing, Media

ANSWERS = {
    Cueing.WHEN: timings.said_when,
    Cueing.UNTIL: timings.said_until,
    Cueing.CORRECTION: corrections.said,
    Cueing.NAME: audiences.named,
}


async def said(request: Request) -> Reply | None:
    """Take what somebody writes for what they were asked; None where nothing was asked."""
    if request.person is None or request.album:
        return None
    cue = await cues.given(request.session, request.person.id, request.now)
    if cue is None:
        return None
    other = request.attached is not None or request.poll is not None
    other = request.attached is not None or request.poll is not None
    file = request.attached is not None and request.attached.media is Media.DOCUMENT
    if file or (other and cue.about is not Cueing.CORRECTION):
        return None  # that is a matter of its own
    return await ANSWERS[cue.about](request, cue)


ROUTES: list[Route] = [Otherwise(said, needs=Action.ANNOUNCE)]
