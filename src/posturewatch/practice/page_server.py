"""The worklist and the reports behind it in a browser: a server on loopback for as long as the command runs.

A report is made when it is clicked, so that ten thousand need not lie ready. Only this computer reaches it, and
on it only who has the address, in which 32 random bytes stand; nothing is kept by the browser.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

HOST: Final = "127.0.0.1"

Page = Callable[[str], str | None]
"""The HTML of a page by its name, or ``None`` where there is none of that name."""


class PageServer(ThreadingHTTPServer):
    """Serves what ``page`` gives; :attr:`address` is the worklist's. Use ``serve_forever``."""

    daemon_threads = True

    def __init__(self, page: Page, first: str) -> None:
        super().__init__((HOST, 0), _Visitor)
        self.page = page
        self.token = secrets.token_urlsafe(32)
        self.host = f"{HOST}:{self.server_port}"
        self.address = f"http://{self.host}/{self.token}/{first}"


class _Visitor(BaseHTTPRequestHandler):
    server: PageServer
    server_version = "posturewatch"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        """A page, or that there is none; another host's name means that a strange page sent the browser here."""
        _empty, token, *rest = (*self.path.split("/"), "")
        known = hmac.compare_digest(token.encode(), self.server.token.encode())
        if self.headers.get("Host") != self.server.host or not known:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        found = self.server.page(rest[0]) if len(rest) == 2 else None
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = found.encode()
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        """Nothing: what was opened stands in the audit log, and the address is nobody's to read."""
