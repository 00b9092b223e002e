"""The REST API, as a console uses it: one kept connection, answers as JSON."""

import http.client
import time
from typing import Any
from urllib.parse import urlsplit

import orjson

from loadtest.people.book import Book

ANSWER_S = 20.0
CONFLICT = 409  # it has changed meanwhile: nobody's fault
TROUBLES = (OSError, http.client.HTTPException)


class Rest:
    """A connection to one node, with the token of whoever signed in through it."""

    def __init__(self, url: str, book: Book) -> None:
        self._url, self._book, self.token = urlsplit(url), book, ""
        kind = (
            http.client.HTTPSConnection
            if self._url.scheme == "https"
            else http.client.HTTPConnection
        )
        self._line = kind(self._url.netloc, timeout=ANSWER_S)

    def sign_in(self, email: str, password: str) -> bool:
        """Sign in; tell whether that went well."""
        login = orjson.dumps({"email": email, "password": password})
        answer = self._request("POST", "/sessions", "/sessions", login)
        self.token = str(answer["token"]) if answer else ""
        return bool(self.token)

    def get(self, path: str, name: str) -> dict[str, Any] | None:
        """Read something; None when there was no answer. ``name`` is the path with its blanks."""
        return self._request("GET", path, name, None)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _request(
        self, method: str, path: str, name: str, body: bytes | None
    ) -> dict[str, Any] | None:
        began = time.monotonic()
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            self._line.request(method, "/api/v1" + path, body, headers)
            response = self._line.getresponse()
            given, status = response.read(), response.status
        except TROUBLES as trouble:
            self._line.close()
            given, status = b"", type(trouble).__name__
        ms = (time.monotonic() - began) * 1000
        if isinstance(status, int) and (status < 400 or status == CONFLICT):
            self._book.took("http", f"{method} {name}", ms, what="http")
            return orjson.loads(given) if status < 400 else None
        self._book.failed("http", f"{method} {name}", ms, str(status))
        return None
