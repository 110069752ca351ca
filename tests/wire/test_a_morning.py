from bot import demo
from handlers import organisations
from handlers.reading.organisations import read_organisation
from storage.tables import Answer, CheckIn, Morning
from tests.wire.scene import (
    CHEN,
    LI,
    ONE,
    OWNER,
    QIAN,
    RANGERS,
    SI,
    TOPIC,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    Scene,
    labels,
)


async def test_the_card_comes_at_ten_to_eight_and_not_before(scene: Scene) -> None:
    await scene.forward(minutes=49)
    assert await scene.texts(ZHANG, ONE) == []
    await scene.forward(minutes=1)
    for team in (ONE, TWO):
        (card,) = await scene.texts(LI, team)
        assert card.startswith("☀️ 早会微学 · 11月23日 周一\n动火作业：票、测、人\n")
        assert "📌 记一句：没有票、没测气、没有监护人，都不动火。" in card
        assert card.endswith("已学 0/4")
    assert labels(await scene.card()) == [
        *("2 小时", "1 小时", "30 分钟", "当班之内"),
        *("已学", "我承诺", "请假"),
    ]


async def test_a_team_in_a_topic_gets_its_card_there_at_its_own_time(scene: Scene) -> None:
    listed = (demo.LIBRARY / "demo.yaml").read_text("utf-8")
    later = listed.replace('at: "07:50", closes: "09:30"', 'at: "08:00", closes: "09:30"')
    file = read_organisation("demo.yaml", later.encode())
    async with scene.app.database.begin() as session:
        await organisations.apply(session, file, scene.clock(), "Asia/Shanghai", "zh")
    await scene.morning()
    assert len(await scene.messages(QIAN, RANGERS)) == 1, "only the topic's own beginning"
    await scene.forward(minutes=10)
    assert (await scene.card(QIAN, RANGERS))["topic"] == TOPIC


async def test_morning_after_morning_every_team_has_its_card(scene: Scene) -> None:
    for day in ("11月23日 周一", "11月24日 周二"):
        await scene.morning()
        for person, team in ((ZHANG, ONE), (CHEN, TWO), (QIAN, RANGERS)):
            assert f"早会微学 · {day}" in (await scene.card(person, team))["text"]
    assert not any("没有发出" in text for text in await scene.texts(OWNER))


async def test_a_card_comes_once_however_often_the_clock_is_looked_at(scene: Scene) -> None:
    await scene.morning()
    for _ in range(5):
        await scene.forward(seconds=30)
    assert len(await scene.messages(ZHANG, ONE)) == 1
    assert len(await scene.rows(Morning)) == 3, "one for each team"


async def test_a_tap_is_counted_and_a_second_tap_says_it_is_already_recorded(
    scene: Scene,
) -> None:
    await scene.morning()
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    assert await scene.tap(SI, "已学", ONE) == "✅ 已学，本班组第 2 位，07:50"
    assert await scene.tap(ZHANG, "已学", ONE) == "已经记录过了：第 1 位，07:50"
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 2/4")
    assert len(await scene.messages(ZHANG, ONE)) == 1, "the group hears of nobody's tap"
    assert len(await scene.rows(CheckIn)) == 2


async def test_the_counter_is_edited_at_most_once_in_five_seconds(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    assert (await scene.card())["text"].endswith("已学 1/4")
    await scene.tap(SI, "已学", ONE)
    await scene.tap(WANG, "已学", ONE)
    assert (await scene.card())["text"].endswith("已学 1/4")
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 3/4")
    assert len(scene.calls("editMessageText", ONE)) == 2


async def test_the_first_answer_counts_and_only_who_gave_it_learns_of_it(scene: Scene) -> None:
    await scene.morning()
    wrong = await scene.tap(ZHANG, "2 小时", ONE)
    assert wrong.startswith("❌ 不对，应选“30 分钟”。现场气体浓度会变")
    again = await scene.tap(ZHANG, "30 分钟", ONE)
    assert again.startswith("以你第一次的答案“2 小时”为准。")
    assert (await scene.tap(SI, "30 分钟", ONE)).startswith("✅ 答对了。")
    assert [row.choice for row in await scene.rows(Answer)] == [1, 3]
    assert await scene.texts(WANG, ONE) == [(await scene.card())["text"]]


async def test_at_nine_the_card_closes_and_only_the_leader_reads_names(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.tap(ZHANG, "30 分钟", ONE)
    await scene.forward(minutes=69)
    before = await scene.texts(ZHAO)
    await scene.forward(minutes=1)
    assert (await scene.card())["text"].endswith("已学 1/4 · 已截止，仍可补学")
    assert await scene.texts(ZHAO) == [
        *before,
        "📋 一班 11月23日 周一 早会已截止\n已学 1/4\n未学（3）：赵班长、李四、王五\n"
        "还没报到（1）：吴九\n答题：答对 1/1",
    ]
    assert len(await scene.messages(WANG, ONE)) == 1
    (nudge,) = await scene.texts(WANG)
    assert nudge.startswith("⏰ 一班 今天的微课还没点“已学”"), "one nudge, and nobody's name"


async def test_every_workday_brings_the_next_bite(scene: Scene) -> None:
    titles = []
    for _ in range(3):
        await scene.morning()
        titles.append((await scene.card())["text"].split("\n")[1])
    assert len(set(titles)) == 3
    days = [row.day.isoformat() for row in await scene.rows(Morning)]
    assert days[::3] == ["2026-11-23", "2026-11-24", "2026-11-25"]


async def test_yesterdays_card_can_still_be_tapped_beside_todays(scene: Scene) -> None:
    await scene.morning()
    monday = await scene.card()
    await scene.morning()
    assert await scene.tap(ZHANG, "已学", ONE, monday) == "✅ 已补学 11月23日 周一 的早会"
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    await scene.forward(seconds=6)
    (before, today) = await scene.texts(ZHANG, ONE)
    assert before.endswith("已学 1/4 · 已截止，仍可补学")
    assert today.endswith("已学 1/4")
