"""What we say of a team's switches: what each means, how it stands, and who turned it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from handlers.taps.switches import SwitchesTap, SwitchTap, SwitchTeamsTap
from handlers.words.message import Button, Message
from handlers.words.pages import paged
from handlers.words.voice import Html, Voice
from storage.kinds import Switch
from storage.tables import Person, SwitchTurn, Team


def which(voice: Voice, teams: Sequence[Team], page: int) -> Message:
    """Of which team?"""
    taps = [(one.name, SwitchesTap(one.id)) for one in teams]
    rows = paged(voice, taps, page, SwitchTeamsTap, wide=len(teams) <= 4)
    return Message(voice("switch.which"), rows)


def shown(
    voice: Voice, team: Team, turns: Sequence[tuple[SwitchTurn, Person]], *, several: bool
) -> Message:
    """Each switch: what it means, how it stands, who turned it last; and a button to turn it."""
    zone, last = ZoneInfo(team.timezone), {turn.switch: (turn, who) for turn, who in turns}
    blocks, rows = [voice("switch.head", team=team.name)], []
    for switch in Switch:
        name, on = voice.plain(f"switch.name.{switch}"), switch.usual
        by = Html()
        if switch in last:
            turn, who = last[switch]
            on, day = turn.turned_on, voice.day(turn.at.astimezone(zone).date())
            by = voice("switch.by", name=who.name, day=day, at=voice.moment(turn.at, zone))
        state = voice("switch.on" if on else "switch.off", name=name, by=by)
        blocks.append(Html(f"{state}\n{voice(f'switch.means.{switch}')}"))
        label = voice.plain("switch.turn_off" if on else "switch.turn_on", name=name)
        rows.append((Button(label, SwitchTap(team.id, switch, int(not on), 0)),))
    if several:
        rows.append((Button(voice.plain("switch.others"), SwitchTeamsTap(0)),))
    return Message(Html("\n\n".join(blocks)), tuple(rows))


def sure(voice: Voice, team_id: int, team: str, switch: Switch) -> Message:
    """Public rules speak against it: do you want it all the same?"""
    name = voice.plain(f"switch.name.{switch}")
    rows = (
        (Button(voice.plain("switch.sure"), SwitchTap(team_id, switch, 1, 1)),),
        (Button(voice.plain("switch.rather_not"), SwitchesTap(team_id)),),
    )
    asks = "switch.asks_points" if switch is Switch.POINTS_BOARD else "switch.asks"
    return Message(voice(asks, team=team, name=name), rows)


def turned(voice: Voice, switch: Switch, *, on: bool) -> str:
    """It is on, or off."""
    name = voice.plain(f"switch.name.{switch}")
    return voice.plain("switch.turned_on" if on else "switch.turned_off", name=name)
