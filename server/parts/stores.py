"""Every repository on a database."""

from server.services.stores import Stores
from server.settings import Settings
from server.tracing.commits import FollowedCommits
from server.tracing.opening import Traces
from storage.agent_sessions import AgentSessions
from storage.agents import Agents
from storage.alerts import Alerts
from storage.canned_replies import CannedReplies
from storage.conversations import Conversations as ConversationStore
from storage.database import Database
from storage.decisions import Decisions
from storage.handovers import Handovers
from storage.idle import Idle
from storage.joining import Joining
from storage.messages import Messages
from storage.overruling import Overruling
from storage.queues import Queues
from storage.quiet import Quiet
from storage.search import Search
from storage.shops import Shops
from storage.skills import Skills
from storage.step_ins import StepIns
from storage.stepping_in import SteppingIn
from storage.tasks.keeping import Tasks
from storage.transitions import Transitions
from storage.visitors import Visitors as VisitorStore
from storage.whispers import Whispers


def stores_of(settings: Settings, db: Database, traces: Traces | None = None) -> Stores:
    """Return every repository on a database."""
    return Stores(
        messages=Messages(
            db,
            batch_max=settings.message_batch_max,
            queue_max=settings.message_queue_max,
            watch=None if traces is None else FollowedCommits(traces),
        ),
        conversations=ConversationStore(db),
        transitions=Transitions(db),
        visitors=VisitorStore(db),
        shops=Shops(db),
        agents=Agents(db),
        agent_sessions=AgentSessions(db),
        skills=Skills(db),
        queues=Queues(db),
        canned_replies=CannedReplies(db),
        decisions=Decisions(db),
        handovers=Handovers(db),
        stepping_in=SteppingIn(db),
        step_ins=StepIns(db),
        joining=Joining(db),
        whispers=Whispers(db),
        overruling=Overruling(db),
        search=Search(db),
        quiet=Quiet(db),
        idle=Idle(db),
        alerts=Alerts(db),
        tasks=Tasks(db),
    )
