"""The questions that everybody can be offered, and which of them come near to what was said."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handlers.reading.callings import HAN
from handlers.reading.phrasing import LONGEST, TRADITIONAL
from handlers.rules.questions import Kind


@dataclass(frozen=True)
class Canon:
    """A question as we would put it, by language; `hints`: what others say who mean it."""

    key: str
    kind: Kind
    zh: str
    en: str
    hints: str

    def said(self, locale: str) -> str:
        """In a language; in English where we do not speak it."""
        return self.zh if locale == "zh" else self.en


CANON = (
    Canon("missing", Kind.MISSING, "今天谁没打卡？", "Who is missing today?",
          "谁 没 未 缺 漏 忘 没来 没到 打卡 签到 who missing absent not check"),
    Canon("due", Kind.DUE, "今天有什么到期？", "What is due today?",
          "到期 截止 期限 要交 要做 要完成 今天 due deadline finish today"),
    Canon("promises", Kind.PROMISES, "我的承诺有哪些？", "What are my promises?",
          "我 承诺 任务 待办 没做完 没完成 my promise task todo mine"),
    Canon("rate", Kind.RATE, "今天打卡率是多少？",
          "What is the check-in rate today?",
          "率 比例 百分 多少 几个 人数 rate share percent many"),
    Canon("rate_week", Kind.RATE, "本周打卡率是多少？", "What is the check-in rate this week?",
          "率 比例 百分 本周 这周 星期 rate share percent week"),
    Canon("rate_last_week", Kind.RATE, "上周打卡率是多少？",
          "What was the check-in rate last week?",
          "率 比例 百分 上周 上星期 rate share percent last week"),
    Canon("rate_month", Kind.RATE, "本月打卡率是多少？",
          "What is the check-in rate this month?",
          "率 比例 百分 月 rate share percent month"),
    Canon("status", Kind.STATUS, "今天打卡情况怎么样？", "How do things stand?",
          "情况 进度 统计 怎么样 如何 status how stand going"),
    Canon("missing_before", Kind.MISSING, "昨天谁没打卡？", "Who was missing yesterday?",
          "谁 没 缺 漏 昨天 who missing absent yesterday"),
    Canon("away", Kind.AWAY, "今天谁请假？", "Who is on leave today?",
          "谁 请假 休假 假 休 不在 倒班 外勤 值班 who leave away off holiday"),
    Canon("present", Kind.PRESENT, "今天谁打卡了？", "Who has studied today?",
          "谁 已学 打卡了 学了 studied present"),
    Canon("streak", Kind.STREAK, "我连续打卡几天了？", "What is my streak?",
          "我 连续 坚持 几天 多少天 streak row days my"),
    Canon("checkins", Kind.CHECKINS, "我本月打卡几次？",
          "How many times have I studied this month?",
          "我 几次 多少次 记录 出勤 打卡 times often attendance"),
    Canon("overdue", Kind.OVERDUE, "哪些承诺逾期了？", "What is overdue?",
          "逾期 超期 过期 拖 晚 迟 overdue late behind"),
    Canon("due_week", Kind.DUE, "本周有什么到期？", "What is due this week?",
          "到期 截止 期限 本周 这周 due deadline week"),
    Canon("studied", Kind.STUDIED, "今天学什么？", "What do we study today?",
          "学 微课 内容 课 早会 study learn bite lesson topic"),
    Canon("studied_before", Kind.STUDIED, "昨天学了什么？", "What did we study yesterday?",
          "学 微课 内容 昨天 study learn bite yesterday"),
    Canon("board", Kind.BOARD, "大家的承诺有哪些？", "What are our open promises?",
          "大家 承诺 看板 班里 全班 进行中 our all promise board open everybody"),
    Canon("unconfirmed", Kind.UNCONFIRMED, "上条公告谁没确认？",
          "Who has not confirmed the last announcement?",
          "公告 通知 回执 确认 收到 谁 announcement notice receipt confirm read"),
    Canon("hardest", Kind.HARDEST, "本周错得最多的题是什么？",
          "Which question was missed most this week?",
          "题 错 难 知识点 答 question hard wrong missed difficult"),
)  # fmt: skip
BY_KEY = {canon.key: canon for canon in CANON}
MOST = 3
HINT, ALIKE = 2.0, 3.0  # what a word that hints at it counts for, and being the same altogether
SHORT = 1.0  # what one Chinese character counts for: it may be of another word


def nearest(
    text: str, allowed: Collection[Kind], locale: str, most: int = MOST
) -> Sequence[Canon]:
    """The questions nearest to what was said: by the pairs of letters and words they share.

    Of two that are as near, the one that is asked more often, which stands first in the table.
    """
    said = text[: 2 * LONGEST].casefold().translate(TRADITIONAL)
    grams, words = _grams(said), _words(said)
    scored = [
        (-_score(canon, said, grams, words, locale), place)
        for place, canon in enumerate(CANON)
        if canon.kind in allowed
    ]
    return [CANON[place] for _, place in sorted(scored)[:most]]


def _score(canon: Canon, said: str, grams: set[str], words: set[str], locale: str) -> float:
    own = _grams(canon.said(locale).casefold())
    alike = 2 * len(grams & own) / max(len(grams) + len(own), 1)
    hints = canon.hints.split()
    found = (hint for hint in hints if (hint in words if hint.isascii() else hint in said))
    return sum(SHORT if len(hint) == 1 else HINT for hint in found) + ALIKE * alike


def _grams(text: str) -> set[str]:
    """Pairs of Chinese characters, and the beginnings of other words."""
    found = {
        run[at : at + 2]
        for run in re.findall(f"[{HAN}]+", text)
        for at in range(max(len(run) - 1, 1))
    }
    return found | _words(text)


def _words(text: str) -> set[str]:
    """The words that are not Chinese, and each without what is added to its stem."""
    found = set(re.findall(r"[a-z]{1,20}", text))
    return found | {
        word[: -len(end)]
        for word in found
        for end in ("s", "ed", "ing")
        if len(word) > 4 and word.endswith(end)
    }
