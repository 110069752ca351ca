"""Faults break connections, so these tests have a real server and a real client."""

import asyncio

import httpx
import pytest

from bot.sandbox.faults import Fault
from tests.sandbox.play import FORUM, TEAM, ZHANG, Play


async def sent(play: Play) -> int:
    return len(await play.shown(ZHANG, TEAM))


@pytest.mark.parametrize(("kind", "carried_out"), [("drop_before", False), ("lost_answer", True)])
async def test_a_connection_breaks_before_or_after_the_call(
    served: Play, kind: str, carried_out: bool
) -> None:
    served.box.faults.append(Fault(kind, n=1))
    with pytest.raises(httpx.RemoteProtocolError):
        await served.bot("sendMessage", chat_id=TEAM, text="x")
    assert await sent(served) == carried_out
    assert (await served.bot("sendMessage", chat_id=TEAM, text="y"))["text"] == "y"


@pytest.mark.parametrize(
    ("kind", "code", "carried_out"),
    [
        ("http_500", 500, False),
        ("http_500_after", 500, True),
        ("unauthorized", 401, False),
        ("kicked", 403, False),
        ("conflict", 409, False),
    ],
)
async def test_an_error_is_answered_instead(
    play: Play, kind: str, code: int, carried_out: bool
) -> None:
    await play.act("faults", faults=[{"kind": kind, "n": 1}])
    answer = await play.answer("sendMessage", chat_id=TEAM, text="x")
    assert answer["error_code"] == code
    assert await sent(play) == carried_out


@pytest.mark.parametrize(
    ("kind", "status", "carried_out"),
    [("http_502", 502, False), ("http_502_after", 502, True), ("garbage", 200, True)],
)
async def test_an_answer_is_no_json(play: Play, kind: str, status: int, carried_out: bool) -> None:
    await play.act("faults", faults=[{"kind": kind, "n": 1}])
    path = f"/bot{play.box.token}/sendMessage"
    response = await play.http.post(path, json={"chat_id": TEAM, "text": "x"})
    assert response.status_code == status
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        response.json()
    assert await sent(play) == carried_out


async def test_a_flood_says_how_long_to_wait(play: Play) -> None:
    play.box.faults.append(Fault("flood", seconds=7, n=1))
    answer = await play.answer("sendMessage", chat_id=TEAM, text="x")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 7})


@pytest.mark.parametrize("kind", ["slow", "black_hole", "lost_answer"])
async def test_closing_waits_for_no_fault(served: Play, kind: str) -> None:
    served.box.faults.append(Fault(kind, seconds=3600))
    call = asyncio.create_task(served.answer("sendMessage", chat_id=TEAM, text="x"))
    while not served.box.calls:
        await asyncio.sleep(0)
    await served.box.close()
    if kind == "slow":
        assert (await call)["ok"]
    else:
        with pytest.raises(httpx.RemoteProtocolError):
            await call


async def test_a_fault_concerns_its_methods_and_chats_only(play: Play) -> None:
    play.box.faults.append(Fault("http_500", methods=("sendmessage",), chats=(TEAM,)))
    assert not (await play.answer("sendMessage", chat_id=TEAM, text="x"))["ok"]
    assert (await play.answer("sendMessage", chat_id=FORUM, text="x"))["ok"]
    assert (await play.answer("getChat", chat_id=TEAM))["ok"]


async def test_chance_is_seeded(play: Play) -> None:
    play.box.faults.append(Fault("http_500", p=0.5))
    answers = [(await play.answer("getMe"))["ok"] for _ in range(20)]
    assert 3 < sum(answers) < 17


async def test_an_unknown_fault_is_refused(play: Play) -> None:
    assert await play.wrong("faults", faults=[{"kind": "gremlin"}]) == (
        400,
        'No such fault: "gremlin".',
    )


async def test_every_call_is_recorded_with_its_outcome(play: Play) -> None:
    await play.bot("sendMessage", chat_id=TEAM, text="x", reply_markup={"inline_keyboard": []})
    await play.refusal("sendMessage", chat_id=5, text="x")
    first, second = (await play.http.get("/api/calls")).json()["calls"]
    assert (first["method"], first["code"], first["description"]) == ("sendMessage", 200, None)
    assert first["params"]["reply_markup"] == {"inline_keyboard": []}
    assert (second["code"], second["description"]) == (400, "Bad Request: chat not found")
    later = (await play.http.get("/api/calls", params={"since": first["seq"]})).json()
    assert ([call["seq"] for call in later["calls"]], later["seq"]) == ([2], 2)
