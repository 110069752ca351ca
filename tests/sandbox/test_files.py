import pytest

from bot.sandbox.files import Files, size
from tests.sandbox.play import FORUM, TEAM, ZHANG, Play, picture


async def upload(
    play: Play, method: str, files: dict[str, tuple[str, bytes]], **params: str
) -> dict[str, object]:
    response = await play.http.post(
        f"/bot{play.box.token}/{method}", data={"chat_id": str(TEAM)} | params, files=files
    )
    told: dict[str, object] = response.json()
    return told


async def test_a_picture_is_shown_with_its_size(play: Play) -> None:
    told = await upload(
        play,
        "sendPhoto",
        {"photo": ("a.png", picture(64, 48))},
        caption="<b>a</b>",
        parse_mode="HTML",
    )
    message = told["result"]
    assert isinstance(message, dict)
    assert (message["photo"][-1]["width"], message["photo"][-1]["height"]) == (64, 48)
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("a", "bold")
    (shown,) = await play.shown(ZHANG, TEAM)
    seen = await play.http.get(shown["photo"]["url"])
    assert (seen.content, seen.headers["content-type"]) == (picture(64, 48), "image/png")


async def test_a_file_can_be_sent_again_by_its_id_and_downloaded(play: Play) -> None:
    told = await upload(play, "sendDocument", {"document": ("台账.txt", "早".encode())})
    message = told["result"]
    assert isinstance(message, dict)
    file_id = message["document"]["file_id"]
    again = await play.bot("sendDocument", chat_id=FORUM, document=file_id)
    assert again["document"] == message["document"]
    assert again["document"]["file_name"] == "台账.txt"
    file = await play.bot("getFile", file_id=file_id)
    got = await play.http.get(f"/file/bot{play.box.token}/{file['file_path']}")
    assert got.content.decode() == "早"
    assert (await play.http.get(f"/file/bot42:wrong/{file['file_path']}")).status_code == 401
    assert (await play.http.get(f"/file/bot{play.box.token}/none")).status_code == 404


async def test_an_album_is_messages_of_one_group(play: Play) -> None:
    media = '[{"type":"photo","media":"attach://a","caption":"x"},{"type":"photo","media":"attach://b"}]'
    files = {"a": ("a.png", picture(1, 1)), "b": ("b.png", picture(2, 1))}
    told = await upload(play, "sendMediaGroup", files, media=media)
    result = told["result"]
    assert isinstance(result, list)
    assert len({message["media_group_id"] for message in result}) == 1
    assert [message.get("caption") for message in result] == ["x", None]


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendDocument", {"document": "attach://x"}, "there is no document in the request"),
        ("sendPhoto", {"photo": "https://a.b/c.png"}, "failed to get HTTP URL content"),
        ("sendPhoto", {"photo": "AgAC"},
         "wrong remote file identifier specified: Wrong string length"),
        ("sendMediaGroup", {"media": []}, "there is no media to send"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}]},
         "wrong number of items in the album"),
        ("sendMediaGroup", {"media": [{"type": "photo"}, {"type": "document"}]},
         "can't use the media of the specified type in the album"),
        ("sendPhoto", {"photo": "x", "caption": "字" * 1025}, "message caption is too long"),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
    ],
)  # fmt: skip
async def test_what_is_no_file_is_refused(
    play: Play, method: str, params: dict[str, object], why: str
) -> None:
    assert await play.refusal(method, chat_id=TEAM, **params) == f"Bad Request: {why}"


async def test_what_is_no_picture_is_refused_as_one(play: Play) -> None:
    told = await upload(play, "sendPhoto", {"photo": ("a.png", b"text")})
    assert told["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    told = await upload(play, "sendPhoto", {"photo": ("a.png", picture(1000, 10))})
    assert told["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture(7, 5), (7, 5)),
        (b"GIF89a" + bytes([7, 0, 5, 0]), (7, 5)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x05\x00\x07\x03", (7, 5)),
        (b"RIFF....WEBPVP8X" + b"." * 8 + bytes([6, 0, 0, 4, 0, 0]), (7, 5)),
        (
            b"RIFF....WEBPVP8L"
            + b"...."
            + b"\x2f"
            + (6 | 4 << 14).to_bytes(4, "little")
            + b".....",
            (7, 5),
        ),
        (b"RIFF....WEBPVP8 " + b"." * 10 + bytes([7, 0, 5, 0]), (7, 5)),
        (b"%PDF-1.7", (0, 0)),
        (b"", (0, 0)),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_head(
    data: bytes, expected: tuple[int, int]
) -> None:
    assert size(data) == expected


async def test_people_send_pictures_files_and_albums(play: Play) -> None:
    form = {"as": str(ZHANG), "chat": str(TEAM), "text": "完成 7"}
    files = [
        ("files", ("a.png", picture(), "image/png")),
        ("files", ("b.png", picture(2, 2), "image/png")),
    ]
    await play.http.post("/api/say", data=form, files=files)
    await play.http.post("/api/say", data=form | {"as_document": "1"}, files=files[:1])
    first, second, third = [update["message"] for update in await play.updates()]
    assert (first["caption"], first["photo"][0]["width"]) == ("完成 7", 40)
    assert first["media_group_id"] == second["media_group_id"]
    assert third["document"]["file_name"] == "a.png"
    shown = (await play.shown(ZHANG, TEAM))[-1]["document"]
    got = await play.http.get(shown["url"])
    assert got.content == picture()


async def test_an_id_says_by_its_beginning_what_it_names() -> None:
    files = Files()
    found = [files.add(kind, "a", "", b"x").id[:4] for kind in ("photo", "video", "document")]
    assert found == ["AgAC", "BAAC", "BQAC"]
