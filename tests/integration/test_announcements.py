import pytest
from sqlmodel import select

from handlers import announcements as handlers
from handlers.requests import Attached
from handlers.taps.announcements import (
    AskReceiptTap,
    ChooseTap,
    PickTeamTap,
    PickUnitTap,
    PreviewTap,
    SendTap,
)
from handlers.words import announcements as words
from handlers.words import deliveries
from handlers.words.voice import Voice
from storage.audiences import Headcount
from storage.kinds import Media, Stage
from storage.receipts import Tally
from storage.tables import Announcement, Team
from tests.conftest import LI, ONE, TWO, WANG, ZHANG, ZONE, Office
from tests.integration.announcing import (
    chosen,
    html,
    kept,
    labels,
    owed,
    press,
    write,
)


def team(office: Office, chat: int) -> int:
    return office.teams[chat].id


async def test_a_text_of_a_secretary_becomes_a_draft_and_asks_for_whom(office: Office) -> None:
    reply = await write(office, LI, "明天全体穿反光衣\n八点集合")
    assert reply is not None
    assert "明天全体穿反光衣…" in html(reply.message), "there is more of it"
    assert "八点集合" not in html(reply.message)
    assert labels(reply.message) == [
        "全选 第一党支部",
        "一班",
        "二班",
        "按标签",
        "名单",
        "✓ 需回执",
        "置顶",
        "静音",
        "定时",
        "回执截止",
        "预览",
        "取消",
    ]
    draft = await kept(office)
    assert (draft.stage, draft.html) == (Stage.DRAFT, "明天全体穿反光衣\n八点集合")
    assert await chosen(office) == set()
    assert await owed(office) == []


async def test_the_root_secretary_is_offered_every_unit_and_team(office: Office) -> None:
    reply = await write(office, WANG, "通知")
    assert reply is not None
    assert labels(reply.message)[:6] == [
        "全选 林业局",
        "全选 第一党支部",
        "全选 第二党支部",
        "一班",
        "二班",
        "三班",
    ]


async def test_nothing_is_offered_for_nothing(office: Office) -> None:
    assert await write(office, LI, "  ") is None


async def test_the_command_without_words_says_how_it_is_done(office: Office) -> None:
    async with office.database.begin() as session:
        reply = await handlers.announce(await office.ask(session, LI))
    assert "/announce" in html(reply.message)


@pytest.mark.parametrize(
    ("said", "kept_html"),
    [
        ("/announce <b>集合</b>", "<b>集合</b>"),
        ("<b>/announce@zaohui_bot 集合</b>", "<b>集合</b>"),
        ("/announce\n/etc 已满", "/etc 已满"),
    ],
)
async def test_the_command_is_no_part_of_what_it_announces(
    office: Office, said: str, kept_html: str
) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, LI, "集合")
        object.__setattr__(request, "html", said)
        await handlers.announce(request)
    assert (await kept(office)).html == kept_html


async def test_in_a_group_the_choice_is_for_the_secretary_alone(office: Office) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, LI, "集合", chat=ONE)
        reply = await handlers.announce(request)
    assert reply.message is None
    assert "预览" in labels(reply.private)


async def test_who_runs_one_team_need_not_choose_it(office: Office) -> None:
    async with office.database.begin() as session:
        two = await session.get_one(Team, team(office, TWO))
        two.retired_at = office.clock()
        session.add(two)
    reply = await write(office, LI, "集合")
    assert reply is not None
    assert "✓ 一班" in labels(reply.message)
    assert await chosen(office) == {team(office, ONE)}


async def test_who_runs_no_team_is_told_so(office: Office) -> None:
    reply = await write(office, ZHANG, "集合")
    assert reply is not None
    assert "没有负责的班组" in html(reply.message)
    assert await owed(office) == []


@pytest.mark.parametrize(
    ("text", "media", "actual", "allowed"),
    [
        ("长" * 4001, None, 4001, 4000),
        ("😀" * 2001, None, 4002, 4000),
        ("<b>" + "长" * 929 + "</b>", Media.PHOTO, 929, 928),
    ],
)
async def test_what_does_not_fit_is_refused_at_once_with_both_lengths(
    office: Office, text: str, media: Media | None, actual: int, allowed: int
) -> None:
    attached = Attached(media, "file") if media else None
    reply = await write(office, LI, text, attached=attached)
    assert reply is not None
    assert f"{actual} 字" in html(reply.message)
    assert f"{allowed} 字" in html(reply.message)
    async with office.database.read() as session:
        assert (await session.exec(select(Announcement))).first() is None


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("media", [None, Media.PHOTO, Media.DOCUMENT, Media.VIDEO])
def test_the_longest_announcement_fits_with_all_that_we_add(
    office: Office, locale: str, media: Media | None
) -> None:
    voice = Voice(locale)
    text = "&amp;" * words.allowed(media)
    row = Announcement(id=1, author_id=1, html=text, media=media, file_id="f", at=office.clock())
    again = len(deliveries.again(voice))
    assert again <= words.AGAIN
    author = "😀" * 40
    now = office.clock()
    notice = words.notice(voice, row, author, Tally(12000, 12000), ZONE, now)
    assert words.length(notice.html) + again <= (words.CAPTION if media else words.TEXT)
    assert words.overflow(notice) == 0
    teams = [
        Team(id=n, unit_id=1, name="安全生产第一大班组", timezone="UTC", locale="zh", chat_id=None)
        for n in range(1000)
    ]
    count = Headcount(9000, 3000, 20)
    off = [teams[0].name] * 99
    page = words.preview(voice, row, notice, teams, count, ZONE, now, off)
    assert words.length(page.html) <= words.TEXT


def test_a_long_name_does_not_crowd_out_the_words(office: Office) -> None:
    row = Announcement(id=1, author_id=1, html="集合", wants_receipt=False, at=office.clock())
    notice = words.notice(Voice("zh"), row, "李" * 40, Tally(), ZONE, office.clock())
    assert notice.html == f"📢 <b>公告</b> · {'李' * 31}…\n\n集合"


async def test_teams_and_units_are_switched_on_and_off(office: Office) -> None:
    await write(office, LI, "集合")
    one, two = team(office, ONE), team(office, TWO)
    reply = await press(office, LI, PickTeamTap(1, one))
    assert "✓ 一班" in labels(reply.edit)
    assert await chosen(office) == {one}
    reply = await press(office, LI, PickUnitTap(1, 2))
    assert {"✓ 全选 第一党支部", "✓ 一班", "✓ 二班"} <= set(labels(reply.edit))
    assert await chosen(office) == {one, two}
    await press(office, LI, PickTeamTap(1, one))
    assert await chosen(office) == {two}
    await press(office, LI, PickUnitTap(1, 2))
    await press(office, LI, PickUnitTap(1, 2))
    assert await chosen(office) == set()


async def test_a_long_choice_has_pages_and_a_tap_stays_on_its_page(office: Office) -> None:
    async with office.database.begin() as session:
        for number in range(20):
            session.add(Team(unit_id=2, name=f"{number}号班", timezone="UTC", locale="zh"))
    reply = await write(office, LI, "集合")
    assert reply is not None
    assert [label for label in labels(reply.message) if "/" in label] == ["‹ 3/3", "2/3 ›"]
    reply = await press(office, LI, ChooseTap(1, 2))
    assert "19号班" in labels(reply.edit)
    async with office.database.read() as session:
        last = (await session.exec(select(Team.id).where(Team.name == "19号班"))).one()
    reply = await press(office, LI, PickTeamTap(1, last))
    assert "✓ 19号班" in labels(reply.edit)


async def test_receipts_can_be_switched_off(office: Office) -> None:
    await write(office, LI, "集合")
    reply = await press(office, LI, AskReceiptTap(1))
    assert "需回执" in labels(reply.edit)
    assert (await kept(office)).wants_receipt is False
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    await press(office, LI, SendTap(1))
    (row,) = await owed(office)
    assert row.params["text"] == "📢 <b>公告</b> · 李书记\n\n集合"
    assert "reply_markup" not in row.params


async def test_the_preview_shows_the_text_and_who_gets_it(office: Office) -> None:
    await write(office, WANG, "<b>集合</b> 1 &lt; 2")
    for chat in (ONE, TWO):
        await press(office, WANG, PickTeamTap(1, team(office, chat)))
    reply = await press(office, WANG, PreviewTap(1))
    assert "2 个班组、4 人：一班、二班" in html(reply.edit)
    words_ = "📢 <b>公告</b> · 王书记\n\n<b>集合</b> 1 &lt; 2\n\n收到 0/4"
    assert html(reply.edit).endswith(words_)
    assert labels(reply.edit) == ["发送", "返回", "取消"]
    back = await press(office, WANG, ChooseTap(1, 0))
    assert "✓ 一班" in labels(back.edit)


async def test_the_preview_of_a_picture_says_so(office: Office) -> None:
    reply = await write(office, LI, "", attached=Attached(Media.PHOTO, "photo-1"))
    assert reply is not None
    assert "图片" in html(reply.message)
    await press(office, LI, PickTeamTap(1, team(office, ONE)))
    reply = await press(office, LI, PreviewTap(1))
    assert "预览在下面" in html(reply.edit)
    shown, decision = await owed(office, "preview")
    assert (shown.method, shown.params["photo"]) == ("sendPhoto", "photo-1")
    assert shown.params["caption"].endswith("收到 0/3")
    assert decision.params["text"].startswith("将发给 1 个班组、3 人：一班\n")
