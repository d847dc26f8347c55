"""Who may ask: the holder of the token, through a browser page of this server, on this machine.

The token is the first part of every address. `Host` must be this server's own, so that no other
name can be made to lead here (DNS rebinding); `Origin` and `Sec-Fetch-Site` must not be another
page's. Every answer forbids to load, send or frame anything beyond this server.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from priorscope.wording.page import t

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# A stored page: its own policy names its scripts, and from here it can reach nothing.
STORED_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-scripts allow-downloads allow-modals"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses what doesn't come from a page of this server; adds `HEADERS` to what does.

    hosts: what the `Host` header may be, as `127.0.0.1:8000`.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: frozenset[str]):
        self._app, self._token, self._hosts = app, token.encode(), hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                more = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
                message["headers"] += [(k, v) for k, v in more if k not in own]
            await send(message)

        reason = self._refusal(scope)
        if reason is not None:
            answer = PlainTextResponse(reason, status_code=403)
            await answer(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        """Why a request isn't answered; None if it is."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        host = headers.get("host", "")
        if host not in self._hosts:
            return t("ui.refused.host")
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return t("ui.refused.origin")
        if _from_elsewhere(headers, scope["method"]):
            return t("ui.refused.origin")
        first = scope["path"].removeprefix("/").partition("/")[0]
        if not secrets.compare_digest(first.encode(errors="replace"), self._token):
            return t("ui.refused.token")
        return None


def _from_elsewhere(headers: Mapping[str, Any], method: str) -> bool:
    """Whether a page of another origin asks; following a link changes nothing and may."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    follows = headers.get("sec-fetch-mode") == "navigate"
    return not (method == "GET" and follows and headers.get("sec-fetch-dest") == "document")
