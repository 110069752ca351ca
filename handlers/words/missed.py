"""What we say of the questions that are answered wrongly most often."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from handlers.reading.spans import Span
from handlers.words.message import Message
from handlers.words.questions import days
from handlers.words.voice import Html, Voice
from storage.reviews import Missed

LONGEST = 3500  # characters of HTML that surely fit one message


def missed(
    voice: Voice, teams: Mapping[int, str], found: Sequence[Missed], first: date, last: date
) -> Message:
    """By team: question, right answer, why, and how often it was missed. Names nobody."""
    when = days(voice, Span(first, last))
    if not found:
        return Message(voice("missed.none", days=when))
    blocks: list[str] = [voice("missed.head", days=when)]
    by_team = groupby(found, key=lambda one: one.team_id)
    for told, (team, points) in enumerate(by_team):
        lines = [voice("missed.team", team=teams[team])]
        lines += [_point(voice, number, one) for number, one in enumerate(points, start=1)]
        block = "\n".join(lines)
        if told and sum(map(len, blocks)) + len(block) > LONGEST:
            count = len({one.team_id for one in found}) - told
            blocks.append(voice("missed.more", count=count))
            break
        blocks.append(block)
    return Message(Html("\n\n".join(blocks)))


def _point(voice: Voice, number: int, one: Missed) -> Html:
    question = one.question
    return voice(
        "missed.point",
        number=number,
        ask=question.ask,
        wrong=one.wrong,
        answers=one.answers,
        right=question.answers[question.right - 1],
        why=question.why,
    )
