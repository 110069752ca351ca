from storage.kinds import Progress, Stage
from storage.tables import (
    Announcement,
    AnnouncementTeam,
    Answer,
    CheckIn,
    Commitment,
    Leave,
    Member,
    Morning,
    Receipt,
    Team,
)
from tests.wire.scene import (
    CHEN,
    DENIED,
    GONE,
    LI,
    ONE,
    OWNER,
    STRANGER,
    SUN,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
    Scene,
)


async def team(scene: Scene, name: str) -> int:
    """Our own number of a team."""
    return next(row.id for row in await scene.rows(Team) if row.name == name)


async def test_a_tap_forged_for_another_teams_card_counts_nowhere(scene: Scene) -> None:
    await scene.morning()
    theirs = {row.team_id: row.id for row in await scene.rows(Morning)}[await team(scene, "二班")]
    card = (await scene.card())["message_id"]
    elsewhere = "这张卡片不是本班组的，没有记录。"
    assert await scene.forge(ZHANG, ONE, card, f"ci:{theirs}") == elsewhere
    assert await scene.forge(ZHANG, ONE, card, f"an:{theirs}:1:1") == elsewhere
    assert await scene.forge(ZHANG, ONE, card, f"lv:{theirs}") == GONE
    assert await scene.forge(ZHANG, ONE, card, f"pl:{theirs}") == DENIED
    await scene.tap(ZHANG, "我承诺", ONE)
    list_ = (await scene.messages(ZHANG))[-1]["message_id"]
    assert await scene.forge(ZHANG, ZHANG, list_, f"rp:{theirs}:0") == DENIED
    for table in (CheckIn, Answer, Leave, Commitment):
        assert await scene.rows(table) == []


async def test_a_guest_in_the_group_cannot_check_in_for_the_team(scene: Scene) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=CHEN, status="member")
    await scene.morning()
    assert "不在一班的名册里" in await scene.tap(CHEN, "已学", ONE)
    assert await scene.tap(LI, "已学", ONE) == STRANGER, "a secretary is no member"
    assert await scene.rows(CheckIn) == []


async def test_nobody_taps_on_somebody_elses_promise(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前交报告", ONE)
    for person, told in ((WANG, DENIED), (ZHAO, DENIED), (LI, STRANGER)):
        for label in ("完成", "撤回", "明天", "选日期"):
            assert await scene.tap(person, label, ONE) == told
    await scene.say(WANG, "完成 1", ONE)
    assert await scene.last(WANG, ONE) == "#1 是别人的承诺，只能由本人报完成。"
    (kept,) = await scene.rows(Commitment)
    assert kept.state is Progress.OPEN
    await scene.say(WANG, "/my")
    own = (await scene.messages(WANG))[-1]["message_id"]
    assert await scene.forge(WANG, WANG, own, f"cl:{kept.id}") == DENIED


async def test_nobody_changes_somebody_elses_leave(scene: Scene) -> None:
    await scene.morning()
    await scene.tap(WANG, "请假", ONE)
    (leave,) = await scene.rows(Leave)
    await scene.say(ZHANG, "/my")
    own = (await scene.messages(ZHANG))[-1]["message_id"]
    for data in (f"lx:{leave.id}", f"lr:{leave.id}:field", f"lu:{leave.id}:2026-12-24"):
        assert await scene.forge(ZHANG, ZHANG, own, data) == GONE
    assert await scene.rows(Leave) == [leave]


async def test_a_draft_is_its_authors_alone(scene: Scene) -> None:
    await scene.say(LI, "下午开会")
    await scene.tap(LI, "一班")
    (draft,) = await scene.rows(Announcement)
    for person, told in ((ZHANG, DENIED), (ZHAO, DENIED), (ZHOU, GONE), (OWNER, GONE)):
        await scene.say(person, "/help")
        own = (await scene.messages(person))[-1]["message_id"]
        for data in (f"as:{draft.id}", f"ax:{draft.id}", f"ap:{draft.id}", f"ar:{draft.id}"):
            assert await scene.forge(person, person, own, data) == told
    assert [row.stage for row in await scene.rows(Announcement)] == [Stage.DRAFT]
    assert await scene.texts(ZHANG, ONE) == []


async def test_a_secretary_reaches_no_team_beyond_the_own_branch(scene: Scene) -> None:
    await scene.say(LI, "下午开会")
    draft = (await scene.messages(LI))[-1]["message_id"]
    (row,) = await scene.rows(Announcement)
    theirs = next(t for t in await scene.rows(Team) if t.name == "巡护队")
    assert await scene.forge(LI, LI, draft, f"at:{row.id}:{theirs.id}") == DENIED
    assert await scene.forge(LI, LI, draft, f"au:{row.id}:{theirs.unit_id}") == DENIED
    assert await scene.forge(LI, LI, draft, f"au:{row.id}:1") == DENIED, "the root is above her"
    assert await scene.rows(AnnouncementTeam) == []


async def test_receipts_are_for_the_teams_that_were_asked(scene: Scene) -> None:
    await scene.say(LI, "下午开会")
    for label in ("一班", "预览", "发送"):
        await scene.tap(LI, label)
    (sent,) = await scene.rows(Announcement)
    notice = (await scene.messages(ZHANG, ONE))[-1]["message_id"]
    await scene.morning()
    card = (await scene.card(CHEN, TWO))["message_id"]
    outsider = "只有收到这条公告的班组成员才能确认，请先在群里报到。"
    assert await scene.forge(CHEN, TWO, card, f"rc:{sent.id}") == outsider
    assert await scene.forge(LI, ONE, notice, f"rc:{sent.id}") == outsider
    for person, told in ((ZHANG, DENIED), (ZHOU, DENIED)):
        await scene.say(person, "/help")
        own = (await scene.messages(person))[-1]["message_id"]
        assert await scene.forge(person, person, own, f"am:{sent.id}") == told
        assert await scene.forge(person, person, own, f"ag:{sent.id}") in {DENIED, GONE}
    assert await scene.rows(Receipt) == []


async def test_only_the_teams_own_leader_gives_places(scene: Scene) -> None:
    await scene.act("member", **{"as": ZHAO}, chat=ONE, user=CHEN, status="member")
    await scene.say(CHEN, "/join", ONE)
    await scene.tap(CHEN, "不在名单里")
    places = len(await scene.rows(Member))
    admit = f"ea:{await team(scene, '一班')}:{CHEN}:0:1"
    for person in (CHEN, ZHANG, SUN, ZHOU):
        await scene.say(person, "/help")
        own = (await scene.messages(person))[-1]["message_id"]
        assert await scene.forge(person, person, own, admit) == DENIED
    assert len(await scene.rows(Member)) == places


async def test_a_leader_cannot_admit_who_never_asked(scene: Scene) -> None:
    places = len(await scene.rows(Member))
    await scene.say(ZHAO, "/help")
    own = (await scene.messages(ZHAO))[-1]["message_id"]
    forged = f"ea:{await team(scene, '一班')}:{CHEN}:0:1"
    assert await scene.forge(ZHAO, ZHAO, own, forged) == GONE
    claim = f"ec:{await team(scene, '一班')}:0:0123456789ab"
    assert await scene.forge(ZHAO, ZHAO, own, claim) == GONE, "no proof of being in the group"
    assert len(await scene.rows(Member)) == places


async def test_nobody_ties_a_group_that_is_not_theirs_to_tie(scene: Scene) -> None:
    mine = await team(scene, "一班")
    chats = {row.name: row.chat_id for row in await scene.rows(Team)}
    for person, told in ((ZHANG, DENIED), (LI, GONE)):
        await scene.say(person, "/help")
        own = (await scene.messages(person))[-1]["message_id"]
        forged = f"gt:{chats['巡护队']}:{mine}"
        assert await scene.forge(person, person, own, forged) == told
    assert {row.name: row.chat_id for row in await scene.rows(Team)} == chats


async def test_a_members_commands_for_secretaries_change_nothing(scene: Scene) -> None:
    await scene.say(ZHANG, "/announce 放假三天", ONE)
    assert await scene.last(ZHANG, ONE) == DENIED
    await scene.say(ZHANG, "/announce 放假三天")
    assert await scene.last(ZHANG) == DENIED
    await scene.say(ZHANG, "/leave 王五 今天到周五", ONE)
    assert await scene.last(ZHANG, ONE) == DENIED
    assert await scene.rows(Announcement) == []
    assert await scene.rows(Leave) == []
