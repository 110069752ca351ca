"""A line as it is meant: without courtesies, in one spelling, with or without a question mark."""

import re
import unicodedata
from dataclasses import dataclass

from handlers.reading.plain import visible

LONGEST = 100  # characters of a question; what is longer is none, however it is made
WIDE = "\u3400-\u9fff"
SPACE = re.compile(rf"(?<=[{WIDE}])\s+|\s+(?=[{WIDE}])")
QUOTES = str.maketrans(dict.fromkeys('"“”「」『』《》<>*_`', " ") | {"’": "'", "‘": "'"})
TRADITIONAL = str.maketrans(
    "誰沒還學習簽到連續幾個點嗎請問麼諾過們組週題錯難確認執樣況進開現將給幫單書記長陳劉楊趙黃吳孫馬張鄭",
    "谁没还学习签到连续几个点吗请问么诺过们组周题错难确认执样况进开现将给帮单书记长陈刘杨赵黄吴孙马张郑",
)
MARK = r"[\s.。?!~…,、;:()\-—]"
# 吗 makes a question of a sentence; 呢 and 啊 only soften one.
ASKING = re.compile(
    r"\?|吗|有没有|是不是|是否|没有?[\s.。?!~啊呀呢]*$|(?<![什怎多那这要])么[\s.。?!~啊呀呢]*$"
)
ENGLISH_ASKING = re.compile(r"(?:is|are|was|were|has|have|did|does|do)\s", re.IGNORECASE)
SOFT = r"(?:吗|呢|啊|呀|吧|嘛|哈|哦|噢|呐|哎|(?<![什怎多那这要])么)"
LOOK = (
    r"(?:看看|看一下|看下|看一眼|查查|查一下|查下|问一下|问下|说一下|说说|列一下|列出来"
    r"|统计一下|统计下|告诉我|发我|发给我|一下)"
)
THANKS = r"(?:谢谢(?:你|您|啦|了)?|多谢|谢了|辛苦了?|拜托了?|please|pls|thanks|thank\s+you|thx)"
END = re.compile(
    rf"(?:{MARK}|{SOFT}|(?:帮我|给我|麻烦|请|帮忙)?{LOOK}|{THANKS}"
    r"|\b(?:so\s+far|right\s+now|at\s+the\s+moment|now|by\s+now|again|then))$",
    re.IGNORECASE,
)
BEGIN = re.compile(
    rf"(?:{MARK}|请问(?:一下|下)?|请教(?:一下|下)?|请(?!假)|麻烦(?:你|您)?|劳驾|帮(?:我|忙)?"
    r"|给我|替我"
    r"|(?:你|您)(?:能|可以|能不能|可不可以)?(?=帮|查|看|告诉|说)|能不能|可不可以|能否"
    r"|我?(?:想|要)(?:知道|了解|问|查|看|看看)(?:一下|下)?|告诉我(?:一下)?|不知道"
    r"|(?:查|看|问|说|列|统计)(?:一下|下|一眼|出)|看看(?!板)|查查|问问|说说"
    r"|那么?(?=[^天次条个])|嗨|喂|哎|哈喽|你好|您好|小助手|机器人|现在|目前|到现在(?:为止)?"
    r"|截至目前|到目前(?:为止)?|刚才"
    r"|(?:please|pls|could\s+you|can\s+you|would\s+you|tell\s+me|show\s+me|let\s+me\s+know"
    r"|give\s+me"
    r"|(?:i\s+would|i'd)\s+like\s+to\s+know|i\s+(?:want|need)\s+to\s+know"
    r"|do\s+you\s+know|hey|hi|hello"
    r"|so|and|ok|okay|well)\b)",
    re.IGNORECASE,
)
CONTRACTED = (
    (re.compile(r"\b(who|what|how|where|there|it|that|when)'?s\b", re.IGNORECASE), r"\1 is"),
    (re.compile(r"\bcan'?t\b", re.IGNORECASE), "can not"),
    (
        re.compile(r"\b(has|have|had|is|are|was|were|did|does|do)n'?t\b", re.IGNORECASE),
        r"\1 not",
    ),
    (re.compile(r"\b(who|i|we|you|they)'ve\b", re.IGNORECASE), r"\1 have"),
    (re.compile(r"\b(i)'m\b", re.IGNORECASE), r"\1 am"),
    (re.compile(r"\b(who|we|you|they|what)'re\b", re.IGNORECASE), r"\1 are"),
    (re.compile(r"\b(who|what)'ll\b", re.IGNORECASE), r"\1 will"),
)
# A line of which the end asks, whatever it asks.
ASKS = re.compile(
    r"[^,;。\s]{0,4}谁[^的谁,;。]{1,8}|"
    r".*(?:吗|呢|谁|什么|啥|多少|多少人|几个|几个人|几天|几次|几人|哪些|哪些人|哪个|哪位"
    r"|怎么样|如何|咋样|怎么办|怎么用)"
    r"[\s.。!~…啊呀呢了]*|(?:who|which|how\s+many|how\s+much"
    r"|(?:what|where|when|why|how)\s+(?:is|are|was|were|did|do|does|has|have))"
    r"\b[^.!,]*",
    re.IGNORECASE,
)
COURTESY = re.compile(
    r"(?:收到|已收到|好的?|好嘞|行|嗯|哦|是的?|对的?|明白|知道了?|了解|谢谢|多谢|感谢"
    r"|辛苦了?|加油|赞|棒|学习了"
    r"|已阅|不错|厉害|ok|okay|yes|no|thank\s+you|thanks?|thx|got\s+it|roger|noted|great"
    r"|good|nice|\+?1|[\W_])++",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """What is left of a line, and whether it was put as a question."""

    text: str
    asked: bool


def heard(text: str) -> Said | None:
    """The line without what only makes it polite; None where it cannot be a question."""
    if len(text) > 2 * LONGEST:
        return None
    line = unicodedata.normalize("NFKC", visible(text)).translate(QUOTES).strip()
    if not line or len(line) > LONGEST or "\n" in line:
        return None
    line = SPACE.sub("", " ".join(line.split())).translate(TRADITIONAL)
    for pattern, whole in CONTRACTED:
        line = pattern.sub(whole, line)
    asked = ASKING.search(line) is not None or ENGLISH_ASKING.match(line) is not None
    return Said(_bare(line), asked)


def asks(text: str) -> bool:
    """Whether a line reads as a question, though nobody may understand it."""
    line = unicodedata.normalize("NFKC", text).strip()
    if "\n" in line:
        return False
    return line.endswith("?") or (len(line) <= LONGEST and ASKS.fullmatch(line) is not None)


def courteous(text: str) -> bool:
    """Whether it is only 收到, 好的, thanks or the like: nothing that wants an answer."""
    line = unicodedata.normalize("NFKC", text[:LONGEST])
    return len(text) <= LONGEST and COURTESY.fullmatch(line) is not None


def _bare(line: str) -> str:
    """Peels off one word after the other, so that each is looked at once."""
    while found := BEGIN.match(line):
        line = line[found.end() :]
    while found := END.search(line):
        line = line[: found.start()]
    return line
