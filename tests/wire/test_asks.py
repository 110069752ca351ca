"""Asked before it is late: 能完成, 延期 with a reason, 求助; and what is said of what is late."""

from datetime import datetime, time
from typing import Any

from sqlmodel import col, update

from handlers.rules.calendar import DAY
from storage.kinds import Act, Progress
from storage.tables import Commitment, CommitmentAct, Outgoing, Person
from tests.wire.scene import (
    DENIED,
    LI,
    ONE,
    OWNER,
    SI,
    SUN,
    WANG,
    ZHANG,
    ZHAO,
    ZONE,
    Scene,
    labels,
)

PUMP = "承诺 周三前完成3号泵检修"  # said on Monday

IN_GROUP = PUMP.replace("承诺", "/commit")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


async def asked(scene: Scene, *texts: str, user: int = ZHANG) -> None:
    """Somebody promised things on Monday, and it is Tuesday at nine."""
    await scene.say(user, "/start")
    for text in texts or (PUMP,):
        await scene.say(user, text)
    await scene.to(at(24, 9))


async def asks(scene: Scene, user: int = ZHANG) -> list[str]:
    found = await scene.texts(user)
    return [text for text in found if "能按时完成吗" in text or "还没有报完成" in text]


async def acts(scene: Scene) -> list[tuple[Act, str]]:
    return [(row.act, row.text) for row in await scene.rows(CommitmentAct)]


async def due(scene: Scene, place: int = 0) -> str:
    row = (await scene.rows(Commitment))[place]
    return f"{row.due_at.astimezone(ZONE):%m-%d %H:%M}"


async def keep(scene: Scene, user: int, **values: Any) -> None:
    async with scene.app.database.begin() as session:
        await session.exec(update(Person).where(col(Person.telegram_id) == user).values(**values))


async def test_on_the_eve_a_tap_says_that_it_will_be_done(scene: Scene) -> None:
    await scene.say(ZHANG, "/start")
    await scene.say(ZHANG, PUMP)
    await scene.to(at(23, 18))
    await scene.to(at(24, 8, 59))
    assert await asks(scene) == []
    await scene.to(at(24, 9))
    assert (await scene.last(ZHANG)).startswith("能按时完成吗？\n#1 ")
    assert (await scene.last(ZHANG)).endswith("期限 明天 11月25日 周三 18:00")
    assert labels((await scene.messages(ZHANG))[-1]) == ["能完成", "延期", "求助"]
    assert await scene.tap(ZHANG, "能完成") == "已记下：#1 能按时完成。"
    assert (await scene.last(ZHANG)).endswith(" · 👌 11月25日 周三 能完成")
    assert labels((await scene.messages(ZHANG))[-1]) == []
    assert [act for act, _ in await acts(scene)] == [Act.MADE, Act.SURE]
    assert not any("能按时" in text for text in await scene.texts(ZHANG, ONE)), "not in the group"


async def test_later_by_a_tap_and_then_the_reason_as_a_reply(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "延期")
    question = (await scene.messages(ZHANG))[-1]
    assert "改到哪天？" in question["text"]
    assert labels(question) == [
        "11月26日 周四",
        "11月27日 周五",
        "11月30日 周一",
        "不用了",
    ]
    assert await scene.tap(ZHANG, "11月27日 周五") == "#1 的期限是 11月27日 周五。"
    why = (await scene.messages(ZHANG))[-1]
    assert "为什么延期？" in why["text"]
    assert labels(why) == ["不说明"]
    await scene.say(ZHANG, "等<b>配件", reply_to=why["message_id"])
    assert (await scene.last(ZHANG)).endswith("期限改到 11月27日 周五 18:00\n原因：等<b>配件")
    assert (await acts(scene))[-1] == (Act.POSTPONED, "等<b>配件")
    assert labels((await scene.messages(ZHANG))[-3]) == [], "the question is closed"
    assert await due(scene) == "11-27 18:00"
    await scene.forward(seconds=6)
    assert (await asks(scene))[0].endswith("已改到 11月27日 周五")
    await scene.say(ZHANG, "/my")
    assert "🟡 #1" in await scene.last(ZHANG)
    await scene.to(at(25, 10))
    assert len(await asks(scene)) == 1
    await scene.to(at(26, 9))
    assert len(await asks(scene)) == 2, "about the new date"


async def test_no_reason_has_to_be_given(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "延期")
    await scene.tap(ZHANG, "11月26日 周四")
    await scene.tap(ZHANG, "不说明")
    assert (await scene.last(ZHANG)).endswith("期限改到 11月26日 周四 18:00")
    assert (await acts(scene))[-1] == (Act.POSTPONED, "")
    await scene.say(ZHANG, "这句话不是原因")
    assert (await acts(scene))[-1] == (Act.POSTPONED, "")


async def test_a_date_in_words_is_understood_and_shown_back(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "延期")
    question = (await scene.messages(ZHANG))[-1]["message_id"]
    for said, answer in (
        ("过几天吧", "没有读到日期，期限没有变。"),
        ("11月25日下午3点", "不比原来的期限晚，期限没有变。"),
        ("2025年1月1日", "已经过去，没有记录"),
        ("2029年1月1日", "不能改到这一天，期限没有变。"),
        ("长" * 201, "请控制在200字以内，这条有201字，没有记录。"),
    ):
        await scene.say(ZHANG, said, reply_to=question)
        assert answer in await scene.last(ZHANG)
    assert await due(scene) == "11-25 18:00"
    await scene.say(ZHANG, "下周三下午3点", reply_to=question)
    assert "期限改到 12月2日 周三 15:00" in await scene.last(ZHANG)
    await scene.say(ZHANG, "等配件")  # the next words, without a reply
    assert (await acts(scene))[-1] == (Act.POSTPONED, "等配件")
    assert await due(scene) == "12-02 15:00"


async def test_a_date_and_its_reason_in_one_line(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "延期")
    await scene.say(ZHANG, "下周三，配件还没到")
    assert (await scene.last(ZHANG)).endswith("期限改到 12月2日 周三 18:00\n原因：配件还没到")
    assert (await acts(scene))[-1] == (Act.POSTPONED, "配件还没到")


async def test_words_long_after_the_question_are_no_answer(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "求助")
    await scene.forward(minutes=11)
    await scene.say(ZHANG, "中午吃什么")
    assert [act for act, _ in await acts(scene)] == [Act.MADE]
    await scene.tap(ZHANG, "不用了")
    assert "没有改动。" in "\n".join(await scene.texts(ZHANG))


async def test_help_reaches_the_leader_whose_tap_the_owner_hears_of(scene: Scene) -> None:
    for user in (ZHAO, LI, OWNER, SUN):
        await scene.say(user, "/start")
    await asked(scene)
    await scene.tap(ZHANG, "求助")
    question = (await scene.messages(ZHANG))[-1]
    assert "需要什么帮助？" in question["text"]
    await scene.say(ZHANG, "缺一个<密封圈>", reply_to=question["message_id"])
    assert await scene.last(ZHANG) == "已发给 赵班长、李书记。"
    for user in (ZHAO, LI):
        said = await scene.last(user)
        assert said.startswith("一班 张三 求助\n#1 ")
        assert said.endswith("期限：明天 11月25日 周三 18:00\n需要：缺一个<密封圈>")
    for user in (OWNER, SUN):
        assert "求助" not in await scene.last(user)
    await scene.say(ZHANG, "/my")
    assert "🟡 #1" in await scene.last(ZHANG)
    assert await scene.tap(ZHAO, "已处理") == "已告诉本人。"
    assert (await scene.last(ZHAO)).endswith("✅ 赵班长 已处理，今天 11月24日 周二 09:00")
    await scene.forward(seconds=6)
    assert "✅ 赵班长 已处理" in await scene.last(LI)
    assert labels((await scene.messages(LI))[-1]) == []
    assert (await scene.last(ZHANG)).startswith("赵班长 已处理你的求助\n#1 ")
    assert [act for act, _ in await acts(scene)] == [Act.MADE, Act.HELP, Act.HANDLED]
    await scene.say(ZHANG, "/my")
    assert "🔵 #1" in await scene.last(ZHANG)


async def test_of_two_who_see_to_it_the_first_is_named(scene: Scene) -> None:
    for user in (ZHAO, LI):
        await scene.say(user, "/start")
    await asked(scene)
    await scene.tap(ZHANG, "求助")
    await scene.say(ZHANG, "缺人手")
    both = [(await scene.messages(user))[-1] for user in (ZHAO, LI)]
    await scene.tap(ZHAO, "已处理", message=both[0])
    data = next(row for row in await scene.rows(CommitmentAct) if row.act is Act.HELP).id
    said = await scene.forge(LI, LI, both[1]["message_id"], f"zk:{data}")
    assert said == "已经有人处理，或者这一项已经结束。"
    assert [act for act, _ in await acts(scene)].count(Act.HANDLED) == 1
    assert sum("已处理你的求助" in text for text in await scene.texts(ZHANG)) == 1


async def test_help_is_asked_for_once_until_it_came(scene: Scene) -> None:
    await scene.say(ZHAO, "/start")
    await asked(scene)
    question = (await scene.messages(ZHANG))[-1]
    await scene.tap(ZHANG, "求助")
    await scene.say(ZHANG, "缺人手")
    said = await scene.forge(ZHANG, ZHANG, question["message_id"], "zh:1")
    assert said == "#1 已经求助过，还在等人处理。"
    assert [act for act, _ in await acts(scene)].count(Act.HELP) == 1


async def test_where_nobody_can_be_reached_the_owner_is_told_so(scene: Scene) -> None:
    for user in (ZHAO, LI):
        await scene.act("block", **{"as": user, "blocked": True})
    await asked(scene)
    await scene.tap(ZHANG, "求助")
    await scene.say(ZHANG, "缺人手")
    assert "请当面找他们" in await scene.last(ZHANG)


async def test_on_leave_in_a_pause_or_in_quiet_hours_nobody_is_asked(scene: Scene) -> None:
    for user in (ZHANG, SI, WANG):
        await scene.say(user, "/start")
        await scene.say(user, PUMP)
    await scene.say(ZHANG, "/leave 明天", ONE)
    await keep(scene, SI, quiet_from=time(8), quiet_until=time(12))
    await scene.say(WANG, "/quiet 到11月25日")
    await scene.to(at(24, 9))
    assert [await asks(scene, user) for user in (ZHANG, SI, WANG)] == [[], [], []]
    await scene.to(at(24, 12))
    assert [len(await asks(scene, user)) for user in (ZHANG, SI, WANG)] == [0, 1, 0]


async def test_overdue_is_said_once_to_the_owner_and_once_to_the_leader(scene: Scene) -> None:
    for user in (ZHAO, LI):
        await scene.say(user, "/start")
    await asked(scene)
    await scene.to(at(25, 19))
    assert len(await asks(scene)) == 1, "nothing in the evening"
    for moment in (at(26, 9), at(26, 9, 15), at(26, 14), at(27, 9)):
        await scene.to(moment)
    late = [text for text in await asks(scene) if text.startswith("已到期，还没有报完成\n#1 ")]
    assert len(late) == 1
    digests = [text for text in await scene.texts(ZHAO) if "新逾期" in text]
    assert len(digests) == 1
    assert digests[0].startswith("一班 新逾期 · 1 项\n#1 ")
    assert not any("新逾期" in text for text in await scene.texts(LI))
    assert not any("还没有报完成" in text for text in await scene.texts(ZHANG, ONE))
    assert await scene.tap(ZHANG, "完成") == "#1 已完成。"
    assert (await scene.rows(Commitment))[0].state is Progress.CLAIMED


async def test_who_waits_for_help_is_not_called_overdue(scene: Scene) -> None:
    await scene.say(ZHAO, "/start")
    await asked(scene)
    await scene.tap(ZHANG, "求助")
    await scene.say(ZHANG, "缺人手")
    await scene.to(at(26, 9))
    assert len(await asks(scene)) == 1
    assert not any("新逾期" in text for text in await scene.texts(ZHAO))
    await scene.say(ZHAO, "/overdue")
    assert "🟡 #1" in await scene.last(ZHAO)


async def test_a_second_tap_at_the_same_moment_changes_nothing(scene: Scene) -> None:
    await asked(scene)
    message = (await scene.messages(ZHANG))[-1]["message_id"]
    said = [await scene.forge(ZHANG, ZHANG, message, "zs:1") for _ in range(2)]
    assert said == ["已记下：#1 能按时完成。", "#1 已经记过能按时完成。"]
    assert [act for act, _ in await acts(scene)] == [Act.MADE, Act.SURE]


async def test_a_day_that_was_tapped_twice_is_one_postponement(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "延期")
    message = (await scene.messages(ZHANG))[-1]["message_id"]
    for _ in range(2):
        await scene.forge(ZHANG, ZHANG, message, "zd:1:2026-11-27")
    assert [act for act, _ in await acts(scene)] == [Act.MADE, Act.POSTPONED]


async def test_a_forged_tap_for_what_is_somebody_elses_changes_nothing(scene: Scene) -> None:
    await asked(scene)
    await scene.tap(ZHANG, "求助")
    await scene.say(ZHANG, "缺人手")
    before = await acts(scene)
    call = next(row for row in await scene.rows(CommitmentAct) if row.act is Act.HELP).id
    for user in (SI, SUN):
        await scene.say(user, "/help")
        here = (await scene.messages(user))[-1]["message_id"]
        for data in ("zs:1", "zf:1", "zl:1", "zd:1:2026-11-27", "zn:1", "zh:1", "zx:1"):
            assert await scene.forge(user, user, here, data) == DENIED
        await scene.forge(user, user, here, f"zk:{call}")
    mine = (await scene.messages(ZHANG))[-1]["message_id"]
    for data in (f"zk:{call}", "zk:999", "zs:999", "zd:1:2024-01-01", "zd:1:9999-12-31"):
        await scene.forge(ZHANG, ZHANG, mine, data)
    card = (await scene.messages(ZHANG, ONE))[-1]["message_id"]
    for data in ("zl:1", "zs:1"):
        assert await scene.forge(ZHANG, ONE, card, data) == DENIED, "not before everybody"
    assert await acts(scene) == before
    assert await due(scene) == "11-25 18:00"


async def test_what_is_over_is_said_to_be_over(scene: Scene) -> None:
    await asked(scene)
    message = (await scene.messages(ZHANG))[-1]
    await scene.tap(ZHANG, "延期", message=message)
    question = (await scene.messages(ZHANG))[-1]
    await scene.say(ZHANG, "完成 1")
    assert await scene.tap(ZHANG, "11月27日 周五", message=question) == "#1 之前已经完成。"
    await scene.say(ZHANG, "下周三", reply_to=question["message_id"])
    assert await scene.last(ZHANG) == "#1 之前已经完成。"
    await scene.forward(seconds=6)
    assert (await asks(scene))[0].endswith(" · ✅ 已完成")
    assert await due(scene) == "11-25 18:00"


async def test_several_are_one_message_that_shows_each_answer(scene: Scene) -> None:
    await asked(scene, PUMP, "承诺 周三前清理配电房")
    assert len(await asks(scene)) == 1
    message = (await scene.messages(ZHANG))[-1]
    assert labels(message)[3:] == ["#2 能完成", "#2 延期", "#2 求助"]
    await scene.tap(ZHANG, "#2 能完成")
    shown = (await scene.messages(ZHANG))[-1]
    assert labels(shown) == ["#1 能完成", "#1 延期", "#1 求助"]
    assert shown["text"].endswith("清理配电房 · 👌 11月25日 周三 能完成")


async def test_a_month_in_which_nobody_answers_says_nothing_twice(scene: Scene) -> None:
    await scene.say(ZHAO, "/start")
    await scene.say(ZHANG, "/start")
    for text in (PUMP, "承诺 12月4日前清理配电房"):
        await scene.say(ZHANG, text)
    for day in range(30):  # at ten: no card is sent so late, so that no group gets too many
        for hour in (10, 17):
            await scene.to(at(24, hour) + day * DAY)
    said = [row.key for row in await scene.rows(Outgoing) if row.key.startswith(("ask:", "late:"))]
    assert len(said) == len(set(said))
    assert [key.split(":")[2] for key in said if key.startswith("ask:")] == [
        "2026-11-24",
        "2026-11-26",
        "2026-12-03",
        "2026-12-07",
    ]
    assert [key.split(":")[2] for key in said if key.startswith("late:")] == [
        "2026-11-26",
        "2026-12-07",
    ]


async def test_help_is_called_for_from_the_groups_message_too(scene: Scene) -> None:
    await scene.say(ZHANG, "/start")
    await scene.say(ZHANG, IN_GROUP, ONE)
    made = await scene.find(ZHANG, "期限：", ONE)
    assert await scene.tap(SI, "求助", ONE, made) == DENIED
    assert "私聊" in await scene.tap(ZHANG, "求助", ONE, made)
    await scene.say(ZHANG, "缺密封件，仓库没有")
    assert (Act.HELP, "缺密封件，仓库没有") in await acts(scene)
    await scene.find(ZHAO, "一班 张三 求助\n#1 ")
    await scene.forward(seconds=6)
    assert "求助" not in labels(await scene.find(ZHANG, "期限：", ONE))


async def test_who_has_no_private_chat_is_led_there_to_say_what_is_needed(scene: Scene) -> None:
    await scene.say(SI, IN_GROUP, ONE)
    answer = await scene.press(SI, "求助", ONE)
    assert answer["url"].endswith("?start=help-1")
    await scene.say(SI, "/start help-1")
    await scene.say(SI, "缺人手")
    assert (Act.HELP, "缺人手") in await acts(scene)
    await scene.say(ZHANG, "/start help-1")
    assert await scene.last(ZHANG) == DENIED


async def test_my_list_offers_later_and_help(scene: Scene) -> None:
    await scene.say(ZHANG, "/start")
    await scene.say(ZHANG, PUMP)
    await scene.say(ZHANG, "/my")
    await scene.tap(ZHANG, "#1 ›")
    shown = await scene.find(ZHANG, "经过")
    assert labels(shown)[:4] == ["完成", "延期", "求助", "撤回"]
    await scene.tap(ZHANG, "求助", None, shown)
    await scene.say(ZHANG, "缺密封件")
    assert (Act.HELP, "缺密封件") in await acts(scene)
