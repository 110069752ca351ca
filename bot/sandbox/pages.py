"""The people's side of the server: /api/… for the page, and the page itself."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox import people, views
from bot.sandbox.chats import Chat, Message, User
from bot.sandbox.faults import faults
from bot.sandbox.forms import BODY_LIMIT, Upload
from bot.sandbox.gate import Gate
from bot.sandbox.people import Wrong
from bot.sandbox.refusals import Refusal
from bot.sandbox.streams import Streams
from bot.sandbox.world import News, World

PAGE = Path(__file__).parent / "page"
MESSAGES_LIMIT = 60
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
Given = dict[str, Any]


class Pages:
    """Answers the page."""

    def __init__(self, world: World, gate: Gate, streams: Streams) -> None:
        self._world = world
        self._gate = gate
        self._streams = streams

    def routes(self) -> list[Route]:
        """List where everything is."""
        posts: dict[str, Callable[[Given], Awaitable[Given]]] = {
            "say": self._say,
            "edit": self._edit,
            "press": self._press,
            "react": self._react,
            "vote": self._vote,
            "member": self._member,
            "chat": self._chat,
            "topic": self._topic,
            "topic/close": self._close_topic,
            "topic/delete": self._delete_topic,
            "migrate": self._migrate,
            "block": self._block,
            "clock": self._clock,
            "faults": self._faults,
        }
        gets: dict[str, Callable[[Given], Given]] = {
            "state": self._state,
            "messages": self._messages,
            "members": self._members,
            "calls": self._calls,
        }
        return [
            Route("/", _page),
            Route("/page/{name}", _page),
            Route("/api/file/{unique}", self._file),
            Route("/api/events", self._events),
            *(Route(f"/api/{name}", _got(answer)) for name, answer in gets.items()),
            *(
                Route(f"/api/{name}", _posted(answer), methods=["POST"])
                for name, answer in posts.items()
            ),
        ]

    # Who and where

    def _who(self, given: Given, name: str = "as") -> User:
        person = self._world.people.get(_number(given, name))
        if person is None:
            raise Wrong(404, f"No such person: {given.get(name)}.")
        return person

    def _where(self, given: Given) -> Chat:
        chat = self._world.chats.get(_number(given, "chat"))
        if chat is None:
            raise Wrong(404, f"No such chat: {given.get('chat')}.")
        return chat

    def _seen(self, given: Given) -> tuple[User, Chat]:
        who, chat = self._who(given), self._where(given)
        if not views.sees(chat, who.id):
            raise Wrong(403, "You are not in this chat.")
        return who, chat

    def _message(self, given: Given) -> tuple[User, Message]:
        who, chat = self._seen(given)
        return who, people.message_in(chat, _number(given, "message_id"))

    # Looking

    def _state(self, given: Given) -> Given:
        """Whoever looks for the first time is the first of the cast."""
        first = next(iter(self._world.people.values()))
        return views.state(self._world, self._who(given) if given.get("as") else first)

    def _messages(self, given: Given) -> Given:
        who, chat = self._seen(given)
        topic, before = _number(given, "topic", 0), _number(given, "before", 0)
        limit = min(max(_number(given, "limit", MESSAGES_LIMIT), 1), 500)
        shown: list[Message] = []
        more = False
        for message in reversed(chat.messages.values()):
            if (before and message.id >= before) or (topic and (message.thread or 1) != topic):
                continue
            if len(shown) == limit:
                more = True
                break
            shown.append(message)
        if chat.messages:
            chat.read[who.id] = next(reversed(chat.messages))
        told = [views.message_to(message, who.id) for message in reversed(shown)]
        return {"messages": told, "more": more}

    def _members(self, given: Given) -> Given:
        _, chat = self._seen(given)
        return {"members": views.members(self._world, chat)}

    def _calls(self, given: Given) -> Given:
        since = _number(given, "since", 0)
        told = [call.told() for call in self._gate.calls if call.seq > since]
        return {"calls": told, "seq": self._gate.seq}

    async def _file(self, request: Request) -> Response:
        file = self._world.files.find(request.path_params["unique"])
        if file is None or file.unique != request.path_params["unique"]:
            return _wrong(Wrong(404, "No such file."))
        if file.width:
            return Response(file.data, media_type=file.mime, headers=HEADERS)
        headers = HEADERS | {"content-disposition": "attachment"}
        return Response(file.data, media_type="application/octet-stream", headers=headers)

    async def _events(self, request: Request) -> Response:
        try:
            who = self._who(dict(request.query_params))
        except Wrong as wrong:
            return _wrong(wrong)
        lines = self._streams.follow(who.id)
        return StreamingResponse(lines, media_type="text/event-stream", headers=HEADERS)

    # Acting

    async def _say(self, given: Given) -> Given:
        who, chat = self._seen(given)
        saying = people.Saying(
            text=str(given.get("text") or ""),
            topic=_number(given, "topic", 0) or None,
            reply_to=_number(given, "reply_to", 0) or None,
            forward=self._forwarded(who, given.get("forward_from")),
            anonymous=_flag(given, "anonymous"),
            files=[one for one in given.get("files") or () if isinstance(one, Upload)],
            as_document=_flag(given, "as_document"),
            entities=list(given.get("entities") or ()),
            poll=given["poll"] if isinstance(given.get("poll"), dict) else None,
        )
        said = people.say(self._world, who, chat, saying)
        chat.read[who.id] = said[-1].id
        return {"ok": True, "message_ids": [message.id for message in said]}

    def _forwarded(self, who: User, source: Any) -> Message | None:
        if not source:
            return None
        if isinstance(source, str):
            source = _decoded(source)
        if not isinstance(source, dict):
            raise Wrong(400, "forward_from names a chat and a message_id.")
        return self._message(source | {"as": who.id})[1]

    async def _edit(self, given: Given) -> Given:
        who, message = self._message(given)
        people.edit(self._world, who, message, str(given.get("text") or ""))
        return {"ok": True}

    async def _press(self, given: Given) -> Given:
        who, message = self._message(given)
        data, url = given.get("data"), None
        if data is None:
            place = _number(given, "row"), _number(given, "col")
            data, url = people.data_at(message, *place)
        if data is None:
            return {"answered": False, "text": None, "alert": False, "url": url}
        answer = await people.press(self._world, who, message, str(data))
        if answer is None:
            return {"answered": False, "text": None, "alert": False, "url": None}
        return {"answered": True, "text": answer.text, "alert": answer.alert, "url": answer.url}

    async def _react(self, given: Given) -> Given:
        who, message = self._message(given)
        people.react(self._world, who, message, given.get("emoji") or None)
        return {"ok": True}

    async def _vote(self, given: Given) -> Given:
        who, message = self._message(given)
        options = given.get("options")
        if not isinstance(options, list) or not all(isinstance(one, int) for one in options):
            raise Wrong(400, "options is a list of numbers.")
        people.vote(self._world, who, message, options)
        return {"ok": True}

    async def _member(self, given: Given) -> Given:
        who, chat = self._who(given), self._where(given)
        user = self._world.users.get(_number(given, "user"))
        if user is None:
            raise Wrong(404, f"No such person: {given.get('user')}.")
        people.enrol(self._world, who, chat, user, str(given.get("status")))
        return {"ok": True}

    async def _chat(self, given: Given) -> Given:
        members = given.get("members") or []
        if not isinstance(members, list):
            raise Wrong(400, "members is a list of numbers.")
        chat = people.begin(
            self._world,
            self._who(given),
            str(given.get("title") or ""),
            str(given.get("type")),
            [self._who({"as": member}) for member in members],
            is_forum=_flag(given, "is_forum"),
        )
        return {"chat": chat.id}

    async def _topic(self, given: Given) -> Given:
        who, chat = self._seen(given)
        thread = people.open_topic(self._world, who, chat, str(given.get("name") or ""))
        return {"topic": thread.id}

    async def _close_topic(self, given: Given) -> Given:
        who, chat = self._seen(given)
        closed = _flag(given, "closed")
        people.close_topic(self._world, who, chat, _number(given, "topic"), closed=closed)
        return {"ok": True}

    async def _delete_topic(self, given: Given) -> Given:
        who, chat = self._seen(given)
        people.delete_topic(self._world, who, chat, _number(given, "topic"))
        return {"ok": True}

    async def _migrate(self, given: Given) -> Given:
        return {"chat": people.upgrade(self._world, self._where(given)).id}

    async def _block(self, given: Given) -> Given:
        self._world.block(self._who(given), blocked=_flag(given, "blocked"))
        return {"ok": True}

    async def _clock(self, given: Given) -> Given:
        clock = self._world.clock
        now = clock()
        try:
            if "forward" in given:
                clock.set(now + timedelta(seconds=float(given["forward"])))
            elif "to" in given:
                clock.set(datetime.fromtimestamp(float(given["to"]), UTC))
            elif "rate" in given:
                clock.run(float(given["rate"]))
            elif given.get("morning"):
                clock.set(clock.morning())
        except (TypeError, ValueError, OverflowError):
            raise Wrong(400, "The clock takes numbers.") from None
        told = {"now": self._world.now(), "rate": clock.rate}
        self._world.tell(News("clock", more=told))
        return told

    async def _faults(self, given: Given) -> Given:
        try:
            self._gate.faults.standing[:] = faults(given.get("faults") or [])
        except (TypeError, ValueError, AttributeError) as error:
            raise Wrong(400, str(error)) from None
        return {"ok": True}


def _number(given: Given, name: str, default: int | None = None) -> int:
    value = given.get(name)
    if value is None or value == "":
        if default is None:
            raise Wrong(400, f"{name} is missing.")
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Wrong(400, f"{name} is a number.") from None


def _flag(given: Given, name: str) -> bool:
    return str(given.get(name, "")).lower() in {"true", "1", "yes", "on"}


async def _given(request: Request) -> Given:
    """Read what a page sent, JSON or multipart; files are under `files`. Raises Wrong."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        told: Given = {"files": []}
        async with request.form(max_part_size=BODY_LIMIT) as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    mime = part.content_type or "application/octet-stream"
                    told["files"].append(Upload(part.filename or name, mime, await part.read()))
                else:
                    told[name] = part
        return told
    tree = _decoded(await request.body() or b"{}")
    if not isinstance(tree, dict):
        raise Wrong(400, "The body is not a JSON object.")
    return tree


def _decoded(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Wrong(400, "This is not JSON.") from None


def _wrong(wrong: Wrong) -> JSONResponse:
    return JSONResponse({"error": str(wrong)}, wrong.status)


def _posted(
    answer: Callable[[Given], Awaitable[Given]],
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await answer(await _given(request)))
        except Wrong as wrong:
            return _wrong(wrong)
        except Refusal as refusal:
            return _wrong(Wrong(400, refusal.description))

    return endpoint


def _got(answer: Callable[[Given], Given]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(answer(dict(request.query_params)))
        except Wrong as wrong:
            return _wrong(wrong)

    return endpoint


async def _page(request: Request) -> Response:
    name = request.path_params.get("name", "index.html")
    path = PAGE / name
    if name.startswith(".") or "/" in name or "\\" in name or not path.is_file():
        return _wrong(Wrong(404, "No such page."))
    return FileResponse(path, headers=HEADERS)
