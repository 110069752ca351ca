"""The reference: python-telegram-bot as its users write it, and a bot that does nothing else.

It polls, and answers each tap with the same few words. It keeps nothing.
"""

import os

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes


async def tapped(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer one tap."""
    if update.callback_query:
        await update.callback_query.answer("ok")


def main() -> None:
    """Poll until told to stop."""
    address = f"{os.environ['ZAOHUI_API_URL']}/bot"
    token = os.environ["ZAOHUI_TOKEN"]
    application = Application.builder().token(token).base_url(address).build()
    application.add_handler(CallbackQueryHandler(tapped))
    application.run_polling()


if __name__ == "__main__":
    main()
