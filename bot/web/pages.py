"""The door that Telegram's webhook knocks at, and the page that says whether we are well."""

import hmac
import json
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.intake import Intake

HEADER = "x-telegram-bot-api-secret-token"
LARGEST = 1_000_000  # bytes of an update
RETRY_SECONDS = "5"

Health = Callable[[], list[str]]


def pages(intake: Intake, secret: str, health: Health) -> Starlette:
    """The pages of one program. Without a secret there is no webhook."""

    async def webhook(request: Request) -> Response:
        """Keep one update; 200 only once it is committed."""
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return Response(status_code=413)
        try:
            update = json.loads(body)
            int(update["update_id"])
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        try:
            await intake.keep([update])
        except Exception:
            return Response(status_code=503, headers={"Retry-After": RETRY_SECONDS})
        return Response()

    async def healthz(_: Request) -> Response:
        """200 when all is well; else 503 with the reasons."""
        reasons = health()
        body = {"ok": not reasons, "reasons": reasons}
        return JSONResponse(body, status_code=503 if reasons else 200)

    routes = [Route("/healthz", healthz)]
    if secret:
        routes.append(Route("/webhook", webhook, methods=["POST"]))
    return Starlette(routes=routes)
