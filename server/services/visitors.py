"""Who a customer is when they come: known by token, vouched for by their shop, or new."""

from collections.abc import Collection
from uuid import UUID

from server.protocol.auth import Identity, VisitorAuth
from server.protocol.commands import Done, SetUser
from server.protocol.errors import Forbidden, NotFound, Unauthorized
from server.protocol.shapes import Page, Visitor
from server.services.announce import Announce
from server.services.clock import Clock
from server.services.faces import OVER
from server.services.identity import VisitorTokens, verify
from server.services.limits import Limit
from server.services.seats import VisitorSeat
from server.services.stores import Stores
from server.services.texts import URL_MAX, Texts
from storage.people import ShopRow, VisitorRow
from storage.rows import ConversationRow
from storage.visitors import Profile


class Visitors:
    """Lets customers in and keeps what is known of them."""

    def __init__(
        self,
        stores: Stores,
        texts: Texts,
        announce: Announce,
        clock: Clock,
        tokens: VisitorTokens,
        strangers: Limit,
    ) -> None:
        self._stores, self._texts, self._announce = stores, texts, announce
        self._clock, self._tokens, self._strangers = clock, tokens, strangers

    async def shop_for(self, site: str, origin: str | None, *, is_own: bool) -> ShopRow:
        """Return the shop of a site key, if a page of ``origin`` may speak for its customers."""
        shop = await self._stores.shops.by_key(site)
        if shop is None:
            raise NotFound("There is no shop with this site key.", field="site")
        if not is_own and origin not in shop.allowed_origins:
            raise Forbidden("This page may not use this shop's chat.", reason="origin")
        return shop

    async def admit(self, shop: ShopRow, auth: VisitorAuth, address: str) -> VisitorRow:
        """Return who this is. A wrong proof is refused, never taken for a stranger.

        A token of somebody signed counts only beside their identity: who logs out is a stranger.
        """
        now = self._clock.now()
        known = await self._by_token(shop, auth.token)
        locale = None if auth.locale is None else self._texts.short(auth.locale, "locale", 35)
        if auth.identity is not None:
            row = await self._signed(shop, auth.identity, known, locale)
        elif shop.identity_required:
            raise Unauthorized("This shop talks to signed-in customers only.", field="identity")
        elif known is None or known.external_id is not None:
            self._strangers.count_address(address)
            row = await self._stores.visitors.create_anonymous(shop.id, now, locale=locale)
        else:
            row = known
        return await self._seen(row, locale, self._page(auth.page))

    def token_for(self, row: VisitorRow) -> str:
        """Return a fresh token by which this browser is known again."""
        return self._tokens.make(row.id, row.shop_id, self._clock.now())

    async def change(self, seat: VisitorSeat, command: SetUser) -> Done:
        """Change attributes, language or page; agents in the conversation see it at once."""
        row = await self._stores.visitors.get(seat.visitor_id)
        if row is None:
            raise NotFound
        await self._introduced(row, command)
        if command.attributes:
            self._texts.attributes({**row.attributes, **command.attributes})
            await self._stores.visitors.set_attributes(row.id, command.attributes)
        locale = None if command.locale is None else self._texts.short(command.locale, "locale", 35)
        await self._seen(row, locale, self._page(command.page))
        await self.tell(seat.visitor_id)
        return Done()

    async def _introduced(self, row: VisitorRow, command: SetUser) -> None:
        """Keep what strangers say of themselves; nobody else speaks for whom the shop vouches."""
        said = {"name": command.name, "email": command.email, "phone": command.phone}
        fields = [field for field, text in said.items() if text is not None]
        if not fields:
            return
        if row.external_id is not None:
            raise Forbidden("The shop says who this is.", field=fields[0])
        await self._stores.visitors.introduce(
            row.id,
            Profile(
                name=self._said(command.name, "name"),
                email=self._said(command.email, "email"),
                phone=self._said(command.phone, "phone"),
            ),
        )

    async def tell(self, visitor_id: UUID) -> None:
        """Let agents in the customer's conversation see what is known now."""
        open_now = await self._stores.conversations.open_of(visitor_id)
        if open_now is not None:
            await self._announce.visitor(visitor_id, open_now.id)

    def is_here(self, seen: Visitor, current: ConversationRow) -> None:
        """Let agents in a customer's conversation see that they are here, and where."""
        if current.state not in OVER:
            self._announce.visitor_seen(seen, current.id)

    async def is_as_seated(self, seat: VisitorSeat, heard: Collection[UUID]) -> bool:
        """Tell whether a customer is there still, and theirs all conversations that they hear."""
        if await self._stores.visitors.get(seat.visitor_id) is None:
            return False
        for conversation in heard:
            row = await self._stores.conversations.get(conversation)
            if row is None or row.visitor_id != seat.visitor_id:
                return False
        return True

    async def _by_token(self, shop: ShopRow, token: str | None) -> VisitorRow | None:
        visitor_id = self._tokens.read(token, shop.id, self._clock.now())
        if visitor_id is None:
            return None
        row = await self._stores.visitors.get(visitor_id)
        return row if row is not None and row.shop_id == shop.id else None

    async def _signed(
        self, shop: ShopRow, identity: Identity, known: VisitorRow | None, locale: str | None
    ) -> VisitorRow:
        """Return the visitor of a proven identity; a stranger's open conversation comes along."""
        now = self._clock.now()
        proof = verify(identity, shop.identity_secret, now)
        again = known is not None and known.external_id == proof.external_id
        if not proof.fresh and not again:
            raise Unauthorized("The proof of identity has run out.", field="identity.hash")
        row = await self._stores.visitors.upsert_signed(
            shop.id,
            self._texts.name(proof.external_id, "identity.id"),
            Profile(
                name=self._maybe(identity.name, "identity.name"),
                email=self._maybe(identity.email, "identity.email"),
                phone=self._maybe(identity.phone, "identity.phone"),
                locale=locale,
                attributes=self._texts.attributes(identity.attributes, "identity.attributes"),
            ),
            now,
        )
        if known is not None and known.external_id is None:
            await self._bring_along(known.id, row.id)
        return row

    async def _bring_along(self, anonymous_id: UUID, signed_id: UUID) -> None:
        if await self._stores.visitors.merge(anonymous_id, signed_id):
            self._announce.became(anonymous_id)
            moved = await self._stores.conversations.open_of(signed_id)
            if moved is not None:
                await self._announce.conversation(moved)

    async def _seen(self, row: VisitorRow, locale: str | None, page: Page | None) -> VisitorRow:
        """Keep that the customer is here, in which language and on which page."""
        visitors, now = self._stores.visitors, self._clock.now()
        if locale is not None and locale != row.locale:
            row = await visitors.set_locale(row.id, locale) or row
        if page is None:
            await visitors.touch(row.id, now)
            return row
        return await visitors.set_page(row.id, page.url, page.title, now) or row

    def _said(self, text: str | None, field: str) -> str | None:
        return None if text is None else self._texts.name(text, field)

    def _maybe(self, text: str | None, field: str) -> str | None:
        return None if text is None else self._texts.short(text, field)

    def _page(self, page: Page | None) -> Page | None:
        if page is None or not page.url.startswith(("https://", "http://")):
            return None  # nothing that a link in the console could run
        title = None if page.title is None else self._texts.short(page.title, "page.title", 500)
        return Page(url=self._texts.short(page.url, "page.url", URL_MAX), title=title)
