"""Every endpoint of the REST API."""

from server.http.endpoint import Endpoint
from server.http.resources.agents import AgentsResource
from server.http.resources.conversations import ConversationsResource
from server.http.resources.exchange import ExchangeResource
from server.http.resources.live_looks import LiveLooksResource
from server.http.resources.matrix import MatrixResource
from server.http.resources.previews import QueuePreviewsResource
from server.http.resources.reports import ReportsResource
from server.http.resources.sessions import SessionsResource
from server.http.resources.setup import (
    CannedRepliesResource,
    QueuesResource,
    ShopResource,
    SkillsResource,
)
from server.http.resources.simulations import SimulationsResource
from server.http.resources.timelines import TimelinesResource
from server.parts.base import Base
from server.parts.quality import quality_of
from server.parts.routing import Routing
from server.parts.schedule import schedule_of
from server.parts.tasks import tasks_of
from server.parts.telling import telling_endpoints
from server.parts.use_cases import UseCases
from server.services.admin.agents import AgentsAdmin
from server.services.admin.canned_replies import CannedRepliesAdmin
from server.services.admin.departure import Departure
from server.services.admin.exchange.service import SetupExchange
from server.services.admin.hours import HoursPreview
from server.services.admin.matrix import MatrixAdmin
from server.services.admin.previews import QueuePreviews
from server.services.admin.queues import QueuesAdmin
from server.services.admin.shop import ShopAdmin
from server.services.admin.skills import SkillsAdmin
from server.services.attendance_reports import AttendanceDesk
from server.services.explanations import Explanations
from server.services.inbox import Inbox
from server.services.limits import Limit
from server.services.live.looks import Looks
from server.services.reports import ReportDesk
from server.services.sign_out import SignOut
from server.services.simulations import Simulations
from server.services.timelines import Timelines
from storage.live_looks import LiveLooks
from storage.matrix import SkillsMatrix
from storage.quality.tags import Tags
from storage.reports.reading import Reports
from storage.setup import Sets, SetupStore
from storage.states import StateLog


def endpoints_of(
    base: Base, use: UseCases, routing: Routing, simulations: Simulations
) -> list[Endpoint]:
    """Return every endpoint of the REST API."""
    settings, stores, clock, pokes = base.settings, base.stores, base.clock, base.pokes
    departure = Departure(stores, base.offers, use.announce, pokes, clock)
    sign_out = SignOut(stores, use.accounts, routing.statuses, departure, clock)
    resources = (
        SessionsResource(
            use.accounts, sign_out, settings.agent_session_s, is_https=settings.is_https
        ),
        ConversationsResource(
            Inbox(stores, use.access, use.views, use.blurring, Tags(base.db)),
            Explanations(stores, use.access, use.blurring, routing.lookout, clock),
        ),
        TimelinesResource(Timelines(stores, use.access, use.blurring, clock)),
        AgentsResource(_agents_admin(base, use)),
        SkillsResource(SkillsAdmin(stores.skills, pokes)),
        ExchangeResource(
            SetupExchange(
                SetupStore(base.db),
                Sets.of(base.db),
                use.accounts,
                pokes,
                clock,
                settings.origin,
            )
        ),
        MatrixResource(MatrixAdmin(stores.agents, SkillsMatrix(base.db), use.accounts, pokes)),
        QueuesResource(QueuesAdmin(stores.queues, pokes, clock)),
        QueuePreviewsResource(
            QueuePreviews(
                stores.queues,
                stores.skills,
                routing.lookout,
                clock,
                Limit(clock, "previews_per_minute", settings.previews_per_minute, 60.0),
            )
        ),
        CannedRepliesResource(CannedRepliesAdmin(stores.canned_replies, use.texts)),
        SimulationsResource(simulations),
        LiveLooksResource(Looks(LiveLooks(base.db))),
        ReportsResource(
            ReportDesk(Reports(base.long_reads), stores, clock),
            AttendanceDesk(StateLog(base.long_reads), stores, clock),
        ),
        ShopResource(ShopAdmin(stores.shops, pokes, clock, settings.origin), HoursPreview(clock)),
        *quality_of(base, use),
        tasks_of(base, use),
    )
    served = [endpoint for resource in resources for endpoint in resource.endpoints()]
    return [*served, *schedule_of(base), *telling_endpoints(base)]


def _agents_admin(base: Base, use: UseCases) -> AgentsAdmin:
    departure = Departure(base.stores, base.offers, use.announce, base.pokes, base.clock)
    return AgentsAdmin(
        base.stores, use.passwords, use.accounts, base.presence, base.pokes, departure
    )
