"""The memory, as the use cases reach it: one repository a subject."""

from dataclasses import dataclass

from storage.agent_sessions import AgentSessions
from storage.agents import Agents
from storage.alerts import Alerts
from storage.canned_replies import CannedReplies
from storage.conversations import Conversations
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
from storage.visitors import Visitors
from storage.whispers import Whispers


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Every repository that use cases read and write."""

    messages: Messages
    conversations: Conversations
    transitions: Transitions
    visitors: Visitors
    shops: Shops
    agents: Agents
    agent_sessions: AgentSessions
    skills: Skills
    queues: Queues
    canned_replies: CannedReplies
    decisions: Decisions
    handovers: Handovers
    stepping_in: SteppingIn
    step_ins: StepIns
    joining: Joining
    whispers: Whispers
    overruling: Overruling
    search: Search
    quiet: Quiet
    idle: Idle
    alerts: Alerts
    tasks: Tasks
