"""Questions in plain words, Chinese and English, as far as they say the same as a command."""

import re

END = r"[\s?？。!！了吗呢]*"


def _phrase(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(ways)}){END}", re.IGNORECASE)


STATUS = _phrase(
    r"(?:今天|现在)?(?:还有)?谁(?:今天)?(?:还)?没(?:有)?(?:打卡|学习?|签到|已学)",
    r"(?:今天|现在)?(?:打卡|学习|签到)?(?:情况|进度)(?:怎么样|如何)?",
    r"(?:今天)?(?:有)?(?:多少|几个?)人?(?:打卡|学习?|签到)",
    r"who(?:'s| is| has)?(?: still)? (?:missing|not (?:studied|checked in))(?: today| yet)*",
    r"how (?:do|are) (?:things|we)(?: stand| doing)?",
    r"status",
)
WHO = re.compile(r"谁|\bwho\b", re.IGNORECASE)  # asks for names
TODAY = _phrase(
    r"今天(?:学|学习)(?:的是)?什么",
    r"今天的?(?:微课|学习内容|早会)(?:是什么)?",
    r"what (?:do|did) we (?:study|learn) today",
)
MISSED = _phrase(
    r"(?:本周|这周|近一周|最近)?(?:错得|答错)最多的(?:题目?|知识点)"
    r"(?:是|有)?(?:什么|哪些|哪几道)?",
    r"(?:本周|这周|近一周|最近)(?:错得|答错)最多的是?(?:什么|哪些|哪几道)?",
    r"(?:本周|这周|近一周|最近)的?错题(?:是|有)?(?:什么|哪些|哪几道)?",
    r"(?:what was |what is )?(?:the )?most(?: often)? missed(?: questions?)?(?: of)?"
    r"(?: this week| the week)?",
)
FLOW = re.compile(
    r"(?:学[—\-－、 ]*诺[—\-－、 ]*行|\bflow\b)(?:情况)?[\s:：]*(?P<rest>[^\n]{0,60}?)" + END,
    re.IGNORECASE,
)
LEDGER = re.compile(
    r"(?:请?(?:给我|导出|发)?(?P<before>[^\n]{0,40}?)的?台账|(?:the\s+)?ledger\b)[\s:：]*(?P<rest>[^\n]{0,60}?)"
    + END,
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
# Whatever else is asked in a line, which nobody should send to a team by mistake.
ASKED = re.compile(r"[^\n]*[?？]\s*")
