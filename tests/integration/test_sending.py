import asyncio
from datetime import timedelta

from sqlmodel import col, delete

from handlers.requests import Attached, Reply
from handlers.taps.announcements import (
    AskReceiptTap,
    ChooseTap,
    DropTap,
    PickTeamTap,
    PickUnitTap,
    PreviewTap,
    SendTap,
)
from schedules.refresh import RENDERERS
from storage import announcements, carriage, chats, outbox
from storage.kinds import Delivery, Media, Stage
from storage.tables import Grant, Outgoing, Team
from tests.conftest import LI, ONE, THREE, TWO, WANG, ZHANG, Office
from tests.integration.announcing import (
    CHOICE,
    chosen,
    html,
    kept,
    labels,
    owed,
    press,
    rendered,
    write,
)

HEAD = "📢 <b>公告</b> · 李书记\n\n"


def team(office: Office, chat: int) -> int:
    return office.teams[chat].id


async def test_nobody_chosen_previews_and_sends_nothing(office: Office) -> None:
    await write(office, LI, "集合")
    for tap in (PreviewTap(1), SendTap(1)):
        reply = await press(office, LI, tap)
        assert reply == Reply(toast="还没有选择班组。")
    assert (await kept(office)).stage is Stage.DRAFT
    assert await owed(office) == []


async def test_sending_owes_one_message_to_each_team_and_shows_progress(office: Office) -> None:
    await write(office, LI, "明天 <b>停电</b>")
    await press(office, LI, PickUnitTap(1, 2))
    reply = await press(office, LI, SendTap(1))
    assert "正在发送，已送达 0/2" in html(reply.edit)
    rows = await owed(office)
    assert [row.key for row in rows] == [
        f"announcement:1:{team(office, ONE)}",
        f"announcement:1:{team(office, TWO)}",
    ]
    assert rows[0].params["text"] == f"{HEAD}明天 <b>停电</b>\n\n收到 0/3"
    (button,) = rows[0].params["reply_markup"]["inline_keyboard"][0]
    assert button == {"text": "收到", "callback_data": "rc:1"}
    assert {row.priority for row in rows} == {outbox.NEWS}
    assert {row.expires_at for row in rows} == {office.clock() + timedelta(hours=24)}
    sent = await kept(office)
    assert (sent.stage, sent.sent_at) == (Stage.SENT, office.clock())
    async with office.database.read() as session:
        chat = await chats.private(session, LI)
        assert chat is not None
        progress = await outbox.by_message(session, chat.id, CHOICE)
    assert progress is not None
    assert progress.key == "progress:1"


async def test_a_picture_goes_out_as_a_picture(office: Office) -> None:
    await write(office, LI, "看图", attached=Attached(Media.PHOTO, "photo-1"))
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    await press(office, LI, SendTap(1))
    (row,) = await owed(office)
    assert row.method == "sendPhoto"
    assert (row.params["photo"], row.params["caption"]) == ("photo-1", f"{HEAD}看图\n\n收到 0/3")


async def test_an_album_goes_before_its_words_and_both_have_to_arrive(office: Office) -> None:
    for place in (1, 2):
        picture = Attached(Media.PHOTO, f"photo-{place}")
        await write(office, LI, "看图" if place == 1 else "", picture, album="a1")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    await press(office, LI, SendTap(1))
    (album,), (words,) = await owed(office, "album"), await owed(office)
    assert album.id < words.id
    assert (album.method, words.method) == ("sendMediaGroup", "sendMessage")
    assert album.params["media"] == [
        {"type": "photo", "media": "photo-1"},
        {"type": "photo", "media": "photo-2"},
    ]
    for row, shown in ((words, "正在发送，已送达 0/1"), (album, "已送达 1/1")):
        async with office.database.begin() as session:
            await carriage.settled(session, row.id, Delivery.SENT, office.clock(), message_id=7)
        assert html(await rendered(office)).startswith(shown)
    assert outbox.watchers(album.key) == ["progress:1"]


async def test_what_comes_after_the_album_was_sent_is_a_draft_of_its_own(office: Office) -> None:
    await write(office, LI, "看图", Attached(Media.PHOTO, "photo-1"), album="a1")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    await press(office, LI, SendTap(1))
    reply = await write(office, LI, "", Attached(Media.PHOTO, "photo-2"), album="a1")
    assert reply is not None
    assert "一组图片或文件" in html(reply.message)
    assert (await kept(office)).media is Media.PHOTO


async def test_a_lone_picture_whose_words_do_not_fit_it_is_not_previewed(office: Office) -> None:
    await write(office, LI, "长" * 929, Attached(Media.PHOTO, "photo-1"), album="a1")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    reply = await press(office, LI, PreviewTap(1))
    assert "929 字，最多 928 字" in html(reply.message)


async def test_the_words_of_all_pictures_are_kept_as_far_as_they_fit(office: Office) -> None:
    for place in range(4):
        picture = Attached(Media.PHOTO, f"photo-{place}")
        reply = await write(office, LI, f"{place}" * 1024, picture, album="a1")
    assert reply is not None
    assert "4099 字，最多 4000 字" in html(reply.message)
    assert (await kept(office)).html == "\n".join(f"{place}" * 1024 for place in range(3))


async def test_two_taps_at_once_send_once(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    replies = await asyncio.gather(*(press(office, LI, SendTap(1)) for _ in range(2)))
    assert sorted(reply.toast for reply in replies) == ["", "这条公告已经发送过了。"]
    assert len(await owed(office)) == 1


async def test_only_the_first_to_close_a_draft_closes_it(office: Office) -> None:
    await write(office, LI, "集合")
    async with office.database.begin() as session:
        assert await announcements.close(session, 1, Stage.SENT, office.clock())
        assert not await announcements.close(session, 1, Stage.DROPPED, office.clock())
    assert (await kept(office)).stage is Stage.SENT


async def test_a_dropped_draft_cannot_be_sent(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    reply = await press(office, LI, DropTap(1))
    assert "已取消" in html(reply.edit)
    assert (await press(office, LI, SendTap(1))).toast == "这条公告已经取消了。"
    assert await owed(office) == []


async def test_another_secretarys_draft_is_out_of_reach(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    for tap in (SendTap(1), PreviewTap(1), DropTap(1), AskReceiptTap(1), ChooseTap(1, 0)):
        for user in (WANG, ZHANG):
            reply = await press(office, user, tap)
            assert reply == Reply(toast="这个按钮已经失效，没有改动任何内容。")
    draft = await kept(office)
    assert (draft.stage, draft.wants_receipt) == (Stage.DRAFT, True)
    assert await owed(office) == []


async def test_a_team_or_unit_beyond_the_right_cannot_be_chosen(office: Office) -> None:
    await write(office, LI, "集合")
    for tap in (PickTeamTap(1, team(office, THREE)), PickUnitTap(1, 1), PickUnitTap(1, 3)):
        reply = await press(office, LI, tap)
        assert "权限" in reply.toast
        assert reply.edit is None
    assert await chosen(office) == set()


async def test_a_right_that_was_lost_meanwhile_sends_nothing(office: Office) -> None:
    await write(office, LI, "集合")
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    async with office.database.begin() as session:
        await session.exec(delete(Grant).where(col(Grant.person_id) == office.people[LI].id))
    reply = await press(office, LI, SendTap(1))
    assert "一班" in reply.toast
    assert reply.alert
    assert (await kept(office)).stage is Stage.DRAFT
    assert await owed(office) == []
    assert await chosen(office) == set()


async def test_progress_names_every_team_that_was_not_reached_and_why(office: Office) -> None:
    async with office.database.begin() as session:
        three = await session.get_one(Team, team(office, THREE))
        three.chat_id = None
        session.add(three)
        chat = await chats.by_telegram(session, TWO)
        assert chat is not None
        refusal = "Forbidden: bot was kicked from the supergroup chat"
        await chats.hold(session, chat.id, refusal, office.clock())
    await write(office, WANG, "集合 <b>&lt;北门&gt;</b>")
    await press(office, WANG, PickUnitTap(1, 1))
    preview = await press(office, WANG, PreviewTap(1))
    assert "三班（未关联群，收不到）" in html(preview.edit)
    reply = await press(office, WANG, SendTap(1))
    assert "二班：机器人不在群里" in html(reply.edit)
    assert "三班：还没有关联群" in html(reply.edit)
    rows = await owed(office)
    assert [row.state for row in rows] == [Delivery.PENDING, Delivery.HELD]
    async with office.database.begin() as session:
        await carriage.settled(session, rows[0].id, Delivery.SENT, office.clock(), message_id=7)
        await carriage.settled(session, rows[1].id, Delivery.EXPIRED, office.clock())
    message = await rendered(office)
    assert "已送达 1/3" in message.html
    assert "回执 0/3" in message.html
    assert "二班：超过 24 小时未能送达" in message.html
    assert "集合 &lt;北门&gt;" in message.html
    assert labels(message) == ["谁未回执", "催办", "更正", "撤回", "再发一次"]


async def test_what_was_never_sent_stands_nowhere(office: Office) -> None:
    await write(office, LI, "集合")
    now = office.clock()
    async with office.database.read() as session:
        for key in ("progress:1", "announcement:1:1"):
            outgoing = Outgoing(
                key=key, chat_id=1, method="", params={}, priority=1, not_before=now
            )
            render = RENDERERS[key.partition(":")[0]]
            assert await render(session, [outgoing], now) == {}
