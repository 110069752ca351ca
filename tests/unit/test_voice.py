from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.words.message import bare
from handlers.words.voice import Html, Voice, spoken

ZH, EN = Voice("zh"), Voice("en")
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_a_value_cannot_bring_html_along() -> None:
    said = ZH("start.hello", name="<b>&{0}</b>")
    assert "&lt;b&gt;&amp;{0}&lt;/b&gt;" in said


def test_html_of_our_own_stays_html() -> None:
    assert "<i>x</i>" in ZH("start.hello", name=Html("<i>x</i>"))


def test_a_toast_is_not_escaped() -> None:
    assert ZH.plain("start.hello", name="A&B").count("A&B") == 1


def test_a_key_without_words_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        ZH("no.such.key")


@pytest.mark.parametrize(
    ("voice", "day"), [(ZH, "11月23日 周一"), (EN, "Mon 23 Nov")], ids=["zh", "en"]
)
def test_a_day_has_its_weekday(voice: Voice, day: str) -> None:
    assert voice.day(date(2026, 11, 23)) == day


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "今天 11月23日 周一 09:00"), (1, "明天 11月24日 周二 09:00"), (2, "11月25日 周三 09:00")],
)
def test_near_days_go_by_their_names(days: int, said: str) -> None:
    assert ZH.when(NOW + timedelta(days=days), ZONE, NOW) == said


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("zh-hans", "zh"),
        ("zh-TW", "zh"),
        ("en", "en"),
        ("en-GB", "en"),
        ("fr", "zh"),
        (None, "zh"),
    ],
)
def test_a_client_is_spoken_to_in_a_language_of_ours(code: str | None, locale: str) -> None:
    assert spoken(code, "zh") == locale


def test_a_call_without_formatting_says_the_same() -> None:
    call = {"text": "<b>a &lt; b</b>", "parse_mode": "HTML", "chat_id": 1}
    assert bare(call) == {"text": "a < b", "chat_id": 1}
