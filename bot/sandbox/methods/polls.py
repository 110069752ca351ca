"""Methods that ask a question with votes, and end the voting."""

from typing import Any

from bot.sandbox.chats import Json
from bot.sandbox.forms import Params, flat
from bot.sandbox.keyboards import buttons
from bot.sandbox.methods import access, sending, texts
from bot.sandbox.refusals import bad
from bot.sandbox.world import World

QUESTION_LIMIT = 300
OPTION_LIMIT = 100
EXPLANATION_LIMIT = 200
OPTIONS = range(1, 13)


def _options(world: World, params: Params) -> list[Json]:
    tree = params.tree("options", "poll options")
    if not isinstance(tree, list):
        raise bad("expected an Array of InputPollOption")
    if len(tree) not in OPTIONS:
        few = "poll must have at least one answer option"
        raise bad("poll can't have more than 12 options" if tree else few)
    told = []
    for number, option in enumerate(tree, 1):
        text, entities = texts.formatted(
            world,
            Params(flat({"text": option} if isinstance(option, str) else option)),
            "text",
            mode="text_parse_mode",
            entities="text_entities",
        )
        if not text:
            raise bad("text must be non-empty")
        if len(text) > OPTION_LIMIT:
            raise bad("poll options length must not exceed 100")
        shown: Json = {"persistent_id": str(number), "text": text}
        told.append(shown | ({"text_entities": entities} if entities else {}))
    return told


def _right(params: Params, options: int) -> list[int]:
    tree = params.tree("correct_option_ids", "correct option identifiers")
    if tree is None and "correct_option_id" in params:
        tree = [params.number("correct_option_id", -1)]
    if not isinstance(tree, list) or not tree:
        raise bad("at least 1 correct option must be specified for a quiz")
    if not all(isinstance(one, int) and 0 <= one < options for one in tree):
        raise bad("wrong correct option ID specified")
    return tree


def send_poll(world: World, params: Params) -> Json:
    """Ask a question."""
    question, entities = texts.formatted(
        world, params, "question", mode="question_parse_mode", entities="question_entities"
    )
    if not question:
        raise bad("text must be non-empty")
    if len(question) > QUESTION_LIMIT:
        raise bad("poll question length must not exceed 300")
    options, markup = _options(world, params), buttons(params)
    kind = params.text("type", "regular") or "regular"
    if kind not in {"regular", "quiz"}:
        raise bad("unsupported poll type specified")
    content: dict[str, Any] = {
        "question": question,
        "type": kind,
        "is_anonymous": "is_anonymous" not in params or params.flag("is_anonymous"),
        "allows_multiple_answers": params.flag("allows_multiple_answers"),
        "allows_revoting": kind == "regular"
        and ("allows_revoting" not in params or params.flag("allows_revoting")),
        "members_only": params.flag("members_only"),
    }
    if entities:
        content["question_entities"] = entities
    if kind == "quiz":
        content["correct_option_ids"] = _right(params, len(options))
        explanation, told = texts.formatted(
            world,
            params,
            "explanation",
            mode="explanation_parse_mode",
            entities="explanation_entities",
        )
        if len(explanation) > EXPLANATION_LIMIT:
            raise bad("explanation is too long")
        content |= {"explanation": explanation} if explanation else {}
        content |= {"explanation_entities": told} if told else {}
    chat, where = sending.place(world, params)
    ballot = world.ballot(content, options)
    ballot.closed = params.flag("is_closed")
    return world.post(chat, world.bot, {}, ballot=ballot, markup=markup, **where).told()


def stop_poll(world: World, params: Params) -> Json:
    """End the voting."""
    chat = access.chat(world, params)
    message = access.message(chat, params, "with poll to stop")
    if message.ballot is None:
        raise bad("message with poll to stop not found")
    if message.sender is not world.bot or message.origin is not None:
        raise bad("poll can't be stopped")
    if message.ballot.closed:
        raise bad("poll has already been closed")
    message.markup = buttons(params)
    message.ballot.closed = True
    world.changed(message, hidden=True)
    told = message.ballot.told()
    world.queue.add("poll", told, chat.id)
    return told


METHODS = {"sendPoll": send_poll, "stopPoll": stop_poll}
