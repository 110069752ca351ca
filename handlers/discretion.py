"""Of which teams a report has numbers instead of names, by the switch and by who asks."""

from collections.abc import Collection, Set

from handlers.requests import Request
from handlers.rules.names import named
from handlers.rules.permissions import Action
from storage import switches
from storage.kinds import Switch


async def hidden(request: Request, team_ids: Collection[int]) -> Set[int]:
    """Those of these teams whose names the answer to a request must not hold."""
    nameless = await switches.on(request.session, team_ids, Switch.NAMELESS)
    if not nameless:
        return nameless
    seen = {team.id for team in await request.run(Action.SEE_NAMES)} if request.private else set()
    return {
        team
        for team in nameless
        if not named(nameless=True, private=request.private, may_see=team in seen)
    }
