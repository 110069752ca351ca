"""The reference: python-telegram-bot as its users write it, and a bot that does nothing else.

`python -m tests.bench.bare FORM`: it answers each tap with the same few words, and keeps nothing.
The forms are what the library offers: one update at a time, which is its default; many side by
side; many, brought by a webhook as in the library's own example of one.
"""

import asyncio
import os
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

ONE, MANY, HOOK = "one", "many", "hook"


async def tapped(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer one tap."""
    if update.callback_query:
        await update.callback_query.answer("ok")


async def hooked(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
    """Take updates at a webhook until told to stop."""

    async def webhook(request: Request) -> Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return Response()

    app = Starlette(routes=[Route("/webhook", webhook, methods=["POST"])])
    port = int(os.environ["ZAOHUI_HTTP_PORT"])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    await application.bot.set_webhook(
        f"{os.environ['ZAOHUI_WEBHOOK_URL']}/webhook",
        secret_token=os.environ["ZAOHUI_WEBHOOK_SECRET"],
    )
    async with application:
        await application.start()
        await server.serve()
        await application.stop()


def main(form: str) -> None:
    """Answer until told to stop."""
    address = f"{os.environ['ZAOHUI_API_URL']}/bot"
    builder = Application.builder().token(os.environ["ZAOHUI_TOKEN"]).base_url(address)
    if form == HOOK:
        builder = builder.updater(None)
    application = builder.concurrent_updates(form != ONE).build()
    application.add_handler(CallbackQueryHandler(tapped))
    if form == HOOK:
        asyncio.run(hooked(application))
    else:
        application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
