"""What a client says of itself when it connects. Who it then is, the server decides."""

from typing import Annotated

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.shapes import Attributes, Page


class Identity(Command, frozen=True):
    """Who the shop says its customer is. ``hash``: HMAC-SHA256 of ``id`` in hex, or a JWT."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    hash: Annotated[str, Meta(max_length=4000)] = ""
    name: Annotated[str, Meta(max_length=200)] | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    phone: Annotated[str, Meta(max_length=50)] | None = None
    attributes: Attributes = {}


class VisitorAuth(Command, frozen=True):
    """How a customer's browser connects. ``token`` is what ``session:started`` gave before."""

    site: Annotated[str, Meta(min_length=1, max_length=100)]
    token: Annotated[str, Meta(max_length=4000)] | None = None
    identity: Identity | None = None
    locale: Annotated[str, Meta(max_length=35)] | None = None
    page: Page | None = None


class AgentAuth(Command, frozen=True):
    """How a console connects: with this token, or with the cookie of the session."""

    token: Annotated[str, Meta(max_length=200)] | None = None
