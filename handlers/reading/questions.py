"""Questions in plain words, Chinese and English: what is asked, of which days, about whom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.reading.callings import HAN, plausible, titled
from handlers.reading.phrasing import Said, heard
from handlers.reading.spans import Span
from handlers.reading.whens import read_when, splits
from handlers.reading.wordings import CHINESE, Wording
from handlers.reading.wordings_in_english import ENGLISH
from handlers.rules.questions import Kind

END = r"[\s?？。!！了吗呢]*"


@dataclass(frozen=True)
class Question:
    """What is asked.

    period  the days that were named; None: none were
    who     somebody's name, as it was said
    mine    of the asker
    team    a team's or unit's name, as it was said
    names   it asks for names
    sure    it is put as a question, whoever it names
    """

    kind: Kind
    period: Span | None = None
    who: str = ""
    mine: bool = False
    team: str = ""
    names: bool = False
    sure: bool = True


# A team's name, as far as it can be told from other words: by what it ends with.
SUFFIX = re.compile(
    "班组|党支部|支部|班|小组|组|大队|中队|队|站|所|室|部|车间|工区|工段|段|中心|公司|单位|厂|科|局|处"
)
NO_TEAM = re.compile(
    r"[的了谁没我你他她它们哪什几这那今昨明前后各每别]|多少|有人|还有|逾期|打卡|承诺"
)
OURS = re.compile(
    r"(?:咱们|我们|咱|我|本|俺们|俺)(?:这个)?(?:班组|班|组|队伍|队|单位|部门|团队|站|车间)"
    r"(?:里|里面|上|的)?"
    r"|(?:咱们|我们|俺们)(?:的)?|(?:班组|班|组|队|群)(?:里|里面)(?:的)?|(?:全班|全组|全队)(?:的)?"
)
ENGLISH_TEAM = re.compile(
    r"(?P<rest>.+?) (?:in|for|of|from|on|at)(?: the)?(?: team)? (?P<team>[^\W_][\w' .-]{0,38})"
    r"|(?P<own>(?:how (?:is|are|was|did)))(?: the)?(?: team)? "
    r"(?P<name>[^\W_][\w' .-]{0,38}?)(?P<tail> (?:doing|do|going))?"
    r"|(?P<whose>[^\W_][\w .-]{0,38})'s? (?P<what>.+)",
    re.IGNORECASE,
)
NO_ENGLISH_TEAM = re.compile(
    r"(?:i|me|you|my|your|his|her|their|our|this|that|the|a|row|we|us|it|they|team|things|everything|everyone|everybody"
    r"|all|each|any|who|what|which|how"
    r"|a row|leave|time|there|attendance|status|rate|promises|study)(?: .*)?|(?:what|who"
    r"|how|which)\b.*",
    re.IGNORECASE,
)
LONGEST_TEAM = 20
NAMES = re.compile(r"谁|哪些人|哪几|名单|\bwho\b|\bnames?\b|\blist\b", re.IGNORECASE)
ASKING = re.compile(r"谁|什么|啥|哪|几|多少|怎|如何|\b(?:who|what|which|how)\b", re.IGNORECASE)
WORDINGS = (*CHINESE, *ENGLISH)
AHEAD = frozenset({Kind.DUE, Kind.PROMISES, Kind.BOARD})
# What is open or overdue of some days is what fell due then, or will.
OF_DAYS = {Kind.BOARD: Kind.DUE, Kind.OVERDUE: Kind.DUE}


def read_question(text: str, today: date) -> Question | None:
    """What a line asks; None where it is no question of ours, or says more than one.

    The days are read first, then whose team is meant; what is left has to be a wording as a whole.
    """
    said = heard(text)
    if said is None:
        return None
    for line, words in splits(said.text):
        for rest, team in _teams(line):
            found = _found(rest, said, timed=bool(words), teamed=team is not None)
            if found is None:
                continue
            wording, who, mine = found
            period = None
            if words:
                period = read_when(words, today, ahead=wording.kind in AHEAD)
                if period is None:
                    continue
            kind = wording.kind
            now = kind is Kind.OVERDUE and period == Span(today, today)
            if period and not (mine or who or now):
                kind = OF_DAYS.get(kind, kind)
            names = NAMES.search(said.text) is not None
            sure = said.asked or not who or ASKING.search(said.text) is not None
            mine = mine or (kind is Kind.STREAK and not who)
            return Question(kind, period, who, mine, team or "", names, sure)
    return None


def _found(
    line: str, said: Said, *, timed: bool, teamed: bool
) -> tuple[Wording, str, bool] | None:
    for wording in WORDINGS:
        if wording.asked and not said.asked:
            continue
        if (wording.timed or wording.teamed) and not (
            (wording.timed and timed) or (wording.teamed and teamed)
        ):
            continue
        if (match := wording.pattern.fullmatch(line)) is None:
            continue
        parts = match.groupdict()
        who, mine = (parts.get("who") or "").strip(), bool(parts.get("me"))
        if who and not plausible(who):
            continue
        return wording, who, mine
    return None


def _teams(line: str) -> Iterator[tuple[str, str | None]]:
    """What is left of a line without a team, and the team: "" is the asker's own, None is none."""
    if found := OURS.match(line):
        yield line[found.end() :].lstrip("的"), ""
    named = [
        (line[found.end() :].lstrip("的"), line[: found.end()])
        for found in SUFFIX.finditer(line, 0, LONGEST_TEAM)
        if found.start() and not NO_TEAM.search(line[: found.end()])
    ]
    yield from ((rest, name) for rest, name in named if not titled(name))
    yield line, None
    yield from ((rest, name) for rest, name in named if titled(name))
    if re.search(f"[{HAN}]", line):
        return
    found = ENGLISH_TEAM.fullmatch(line)
    if found is None:
        return
    if found["rest"]:
        name, rest = found["team"], found["rest"]
    elif found["own"]:
        name, rest = found["name"], f"{found['own']}{found['tail'] or ''}"
    else:
        name, rest = found["whose"], found["what"]
    if not NO_ENGLISH_TEAM.fullmatch(name):
        yield rest, name


def _phrase(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(ways)}){END}", re.IGNORECASE)


FLOW = re.compile(
    r"(?:学[—\-－、 ]*诺[—\-－、 ]*行|\bflow\b)(?:情况)?[\s:：]*(?P<rest>[^\n]{0,60}?)" + END,
    re.IGNORECASE,
)
LEDGER = re.compile(
    r"(?:请?(?:给我|导出|发)?(?P<before>[^\n]{0,40}?)的?台账|(?:the\s+)?ledger\b)[\s:：]*"
    r"(?P<rest>[^\n]{0,60}?)" + END,
    re.IGNORECASE,
)
WEEK = re.compile(
    r"(?:请?(?:给我|发)?(?P<before>(?:我的?)?(?:(?:本|这|上{1,3})个?(?:周|星期))?)的?"
    r"(?:周报|周小结|周总结|一周小结|(?<=[周期的])(?:小结|总结|情况|怎么样|如何))"
    r"|(?P<which>(?:my|this|last)?(?: week(?:'s)?)?)\s*"
    r"(?:weekly (?:report|page|summary)|(?<=week)(?:'s)? (?:report|page|summary)))"
    r"[\s:：]*(?P<rest>[^\n]{0,60}?)" + END,
    re.IGNORECASE,
)
POINTS = _phrase(r"(?:我的)?积分(?:榜|是?多少|有?多少|怎么样)?", r"(?:my )?points")
JOIN = _phrase(r"报到", r"我要报到")
HELP = _phrase(r"帮助", r"怎么用", r"你(?:会|能)(?:做|干)?什么", r"help")
