"""The door that Telegram's webhook knocks at, and the pages that say how we are."""

import hmac
import json
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.intake import Intake

HEADER = "x-telegram-bot-api-secret-token"
LARGEST = 1_000_000  # bytes of an update
RETRY_SECONDS = "5"

Reasons = Callable[[], Awaitable[list[str]]]
Figures = Callable[[], Awaitable[metrics.Figures]]


def pages(
    intake: Intake, secret: str, *, health: Reasons, ready: Reasons, figures: Figures
) -> Starlette:
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
        return _verdict(await health())

    async def livez(_: Request) -> Response:
        """200 for as long as anything answers at all."""
        return _verdict([])

    async def readyz(_: Request) -> Response:
        """200 when work can be given to us; else 503 with the reasons."""
        return _verdict(await ready())

    async def measures(_: Request) -> Response:
        """What Prometheus scrapes."""
        return Response(metrics.page(await figures()), media_type=metrics.CONTENT_TYPE)

    routes = [
        Route("/healthz", healthz),
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/metrics", measures),
    ]
    if secret:
        routes.append(Route("/webhook", webhook, methods=["POST"]))
    return Starlette(routes=routes)


def _verdict(reasons: list[str]) -> Response:
    body = {"ok": not reasons, "reasons": reasons}
    return JSONResponse(body, status_code=503 if reasons else 200)
