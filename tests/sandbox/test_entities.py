import pytest

from bot.sandbox.entities import cut, found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("请看 /my@zaohui_bot。", [("bot_command", "/my@zaohui_bot")]),
        ("a/b 1/2 http://x.cn/start", [("url", "http://x.cn/start")]),
        ("@zaohui_bot 谁没打卡?", [("mention", "@zaohui_bot")]),
        ("找 @zhang_san，问", [("mention", "@zhang_san")]),
        ("@zaohui_bot谁没打卡?", []),
        ("问@zhang_san", []),
        ("/my吧 /my/x", []),
        ("mail a.b@c.cn", [("email", "a.b@c.cn")]),
        ("#安全 #1 #a_1", [("hashtag", "#安全"), ("hashtag", "#a_1")]),
        ("$USD $usd", [("cashtag", "$USD")]),
        ("see t.me/zaohui_bot?start=x, please", [("url", "t.me/zaohui_bot?start=x")]),
        ("见 https://a.cn/路径。", [("url", "https://a.cn/路径")]),
        ("承诺 周五前完成3号泵检修", []),
        ("12:30 a.b 3.14", []),
    ],
)
def test_what_people_type_is_understood_as_telegram_does(
    text: str, expected: list[tuple[str, str]]
) -> None:
    told = found(text, [])
    assert [(one["type"], cut(text, one["offset"], one["length"])) for one in told] == expected


def test_nothing_is_found_in_code() -> None:
    code = [{"type": "code", "offset": 0, "length": 6}]
    assert found("/start", code) == code


def test_offsets_after_emoji_count_utf_16_units() -> None:
    (entity,) = found("\U0001f600 /my", [])
    assert (entity["offset"], entity["length"]) == (3, 3)
