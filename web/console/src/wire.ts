/** The wire contract, as the console uses it, and the few answers of the REST API. */
export type {
  Agent,
  AgentCommands,
  AgentConversation,
  AgentEvents,
  AgentSession,
  Alert,
  ErrorBody,
  Handover,
  Message,
  Offer,
  OfferEnded,
  Opened,
  Person,
  Preview,
  QueueRef,
  Read,
  Task,
  Timing,
  Visitor,
  Whisper,
  Why,
} from '@kefu/shared/protocol.gen.ts';
import type { AgentConversation, AgentSession } from '@kefu/shared/protocol.gen.ts';

export type Status = AgentSession['status'];
export type State = AgentConversation['state'];
