"""Pictures that are sent together: one announcement, one evidence."""

from bot.sandbox.files import Files
from storage import grants, people
from storage.kinds import Act, Delivery, Role
from storage.tables import Announcement, CommitmentAct, Outgoing
from tests.sandbox.play import picture
from tests.wire.scene import LI, ONE, TWO, UNKNOWN, ZHANG, ZHAO, Message, Scene, labels, until

HEAD = "📢 公告 · 李书记"
BOTH = "全选 第一党支部"


async def announce(scene: Scene, *places: str) -> None:
    for place in places:
        await scene.tap(LI, place)
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    await scene.forward(seconds=6)


async def album(scene: Scene, chat: int) -> list[Message]:
    """The bot's pictures in a group."""
    found = await scene.messages(ZHANG if chat == ONE else LI, chat)
    return [message for message in found if message["photo"]]


async def test_several_pictures_become_one_announcement(scene: Scene) -> None:
    await scene.send_files(LI, picture(), picture(50), picture(60), caption="请对照检查")
    (choice,) = [one for one in await scene.messages(LI) if one["buttons"]]
    assert choice["text"] == "发公告\n请对照检查\n发给哪些班组？已选 0 个。"
    await scene.tap(LI, BOTH)
    await scene.tap(LI, "预览")
    *shown, words, _ = await scene.messages(LI)
    assert [one["photo"]["width"] for one in shown[-3:]] == [40, 50, 60]
    assert words["text"] == f"{HEAD}\n\n请对照检查\n\n收到 0/8"
    assert (await scene.last(LI)).startswith("将发给 2 个班组、8 人：一班、二班\n")
    await scene.tap(LI, "发送")
    await scene.forward(seconds=6)
    for team in (ONE, TWO):
        *pictures, notice = await scene.messages(LI, team)
        assert [one["photo"]["width"] for one in pictures] == [40, 50, 60]
        assert len({one["media_group_id"] for one in pictures}) == 1
        assert [one["caption"] for one in pictures] == [None] * 3
        assert notice["text"] == f"{HEAD}\n\n请对照检查\n\n收到 0/4"
        assert labels(notice) == ["收到"]
    assert await scene.last(LI) == "已送达 2/2\n回执 0/8\n请对照检查"
    assert await scene.tap(ZHANG, "收到", ONE) == "已收到，本班组第 1 位。"
    await scene.forward(seconds=6)
    assert (await scene.last(ZHANG, ONE)).endswith("收到 1/4")
    assert len(await scene.rows(Announcement)) == 1


async def test_without_words_it_says_what_it_is(scene: Scene) -> None:
    await scene.send_files(LI, picture(), picture())
    assert await scene.last(LI) == "发公告\n一组图片或文件\n发给哪些班组？已选 0 个。"
    await announce(scene, "一班")
    assert len(await album(scene, ONE)) == 2
    assert await scene.last(ZHANG, ONE) == f"{HEAD}\n\n收到 0/4"


async def test_the_command_takes_an_album_in_a_group_as_well(scene: Scene) -> None:
    await scene.send_files(LI, picture(), picture(), caption="/announce 看图", chat=ONE)
    assert len(await scene.messages(LI)) == 1
    await announce(scene, "二班")
    assert len(await album(scene, TWO)) == 2
    assert (await scene.last(LI, TWO)).startswith(f"{HEAD}\n\n看图\n")


async def test_two_albums_are_two_announcements(scene: Scene) -> None:
    for words in ("一号库", "二号库"):
        await scene.send_files(LI, picture(), picture(), caption=words)
    assert [row.html for row in await scene.rows(Announcement)] == ["一号库", "二号库"]
    await announce(scene, "一班")
    assert len(await album(scene, ONE)) == 2
    assert (await scene.last(ZHANG, ONE)).startswith(f"{HEAD}\n\n二号库\n")


async def test_a_caption_as_long_as_telegram_allows_is_fine_with_an_album(scene: Scene) -> None:
    await scene.send_files(LI, picture(), picture(), caption="长" * 1024)
    await announce(scene, "一班")
    assert len(await album(scene, ONE)) == 2
    assert "长" * 1024 in await scene.last(ZHANG, ONE)


async def test_the_words_wait_for_the_pictures_that_go_before(scene: Scene) -> None:
    await scene.send_files(LI, picture(), picture(), caption="请对照检查")
    await scene.tap(LI, "二班")
    await scene.tap(LI, "预览")
    await scene.fault("drop_before", "sendMediaGroup", n=1)
    await scene.press(LI, "发送")

    async def lost() -> bool:
        states = {row.state for row in await scene.rows(Outgoing)}
        return Delivery.UNKNOWN in states

    await until(lost)
    assert await scene.texts(LI, TWO) == []
    await scene.forward(seconds=95)
    await scene.forward(seconds=6)
    assert [bool(one["photo"]) for one in await scene.messages(LI, TWO)] == [True, True, False]
    assert (await scene.last(LI)).startswith("已送达 1/1\n")


async def test_pictures_that_telegram_refuses_are_told_of(scene: Scene) -> None:
    await scene.send_files(LI, picture(), picture(), caption="请对照检查")
    scene.world.world.files = Files()
    await announce(scene, "一班")
    assert (await scene.last(LI)).startswith("已送达 0/1\n")
    assert "一班：Telegram 拒收，未送达" in await scene.last(LI)
    states = {row.key.split(":")[0]: row.state for row in await scene.rows(Outgoing)}
    assert states["album"] is Delivery.FAILED


async def test_an_album_is_the_evidence_of_one_promise(scene: Scene) -> None:
    for chat, number in ((ONE, 1), (None, 2)):
        await scene.say(ZHANG, "/commit 清理配电房", chat)
        await scene.send_files(ZHANG, picture(), picture(), caption=f"完成 {number}", chat=chat)
        assert "已完成" in await scene.last(ZHANG, chat)
    acts = [act for act in await scene.rows(CommitmentAct) if act.act is not Act.MADE]
    assert [(act.commitment_id, act.act) for act in acts] == [
        (1, Act.CLAIMED),
        (1, Act.SHOWN),
        (2, Act.CLAIMED),
        (2, Act.SHOWN),
    ]
    assert all(act.file_id for act in acts)


async def test_evidence_is_no_announcement_even_from_a_secretary(scene: Scene) -> None:
    async with scene.app.database.begin() as session:
        zhao = await people.known(session, ZHAO, "赵班长")
        await grants.give(session, zhao.id, Role.OWNER, scene.clock())
    await scene.say(ZHAO, "承诺 清理配电房")
    await scene.send_files(ZHAO, picture(), picture(), caption="完成 1")
    assert (await scene.last(ZHAO)).startswith("#1 清理配电房 · 已完成")
    assert await scene.rows(Announcement) == []


async def test_an_album_of_a_member_is_no_announcement(scene: Scene) -> None:
    await scene.send_files(ZHANG, picture(), picture(), caption="看看")
    assert await scene.last(ZHANG) == UNKNOWN
    assert await scene.rows(Announcement) == []
