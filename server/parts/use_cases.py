"""The use cases that both sides share."""

from dataclasses import dataclass

from server.parts.base import Base
from server.services.access import Access
from server.services.accounts import Accounts, SignInRules
from server.services.announce import Announce
from server.services.blurring import Blurring
from server.services.desk import Looking
from server.services.hours import Opening
from server.services.inputs import Inputs
from server.services.limits import Limit
from server.services.passwords import Passwords
from server.services.talk import Talk
from server.services.texts import Texts
from server.services.viewers import Here, Viewers
from server.services.views import Views
from server.services.watching import Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """What both sides share."""

    texts: Texts
    access: Access
    blurring: Blurring
    opening: Opening
    here: Here
    views: Views
    announce: Announce
    talk: Talk
    accounts: Accounts
    passwords: Passwords
    inputs: Inputs
    viewers: Viewers
    looking: Looking
    watching: Watching


def use_cases_of(base: Base) -> UseCases:
    """Build the use cases that both sides share."""
    settings, stores, clock = base.settings, base.stores, base.clock
    texts, access = Texts(settings), Access(stores.conversations)
    opening = Opening(stores.shops, stores.agents, base.presence, clock)
    here = Here(base.attendance, settings.sessions_per_visitor)
    views = Views(stores, opening, base.places, here)
    announce = Announce(views, base.gateway.fanout, base.pokes, clock)
    passwords = Passwords()
    tries = Limit(clock, "sign_ins_per_minute", settings.sign_ins_per_minute, 60.0)
    rules = SignInRules(settings.agent_session_s, tries, mails=settings.mail is not None)
    blurring = Blurring(stores, clock)
    viewers = Viewers(base.attendance, base.gateway.fanout, settings.open_conversations_per_session)
    looking = Looking(stores, access, views, viewers)
    return UseCases(
        texts=texts,
        access=access,
        blurring=blurring,
        opening=opening,
        here=here,
        views=views,
        announce=announce,
        talk=Talk(stores, access, texts, announce, blurring, clock),
        accounts=Accounts(stores, passwords, base.gateway.fanout, clock, rules),
        passwords=passwords,
        inputs=Inputs(
            times=base.input_times,
            idle=stores.idle,
            where=base.presence,
            tell=announce,
            clock=clock,
            node=base.node,
        ),
        viewers=viewers,
        looking=looking,
        watching=Watching(
            stores=stores,
            access=access,
            looking=looking,
            viewers=viewers,
            blurring=blurring,
            clock=clock,
            watched_max=settings.open_conversations_per_session,
        ),
    )
