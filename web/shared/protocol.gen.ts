// Made from server/protocol by `make types`. Do not edit.

/** Take the offered conversation. */
export interface AcceptOffer {
  /** An id as the API gives it, never a key. */
  offer: string;
}

/** The agent who is signed in. */
export interface Agent {
  id: string;
  name: string;
  email: string;
  role: "admin" | "agent" | "supervisor";
  capacity: number;
  shop: Person;
}

/**
 * A conversation as agents see it. ``unanswered_since``: the first message without a reply.
 *
 * ``priority`` is 0 to 10; an ``emergency`` goes before all others. While a colleague is asked to
 * take over (``handover``) it stays with its agent. ``why`` it came to them is in the answers to
 * the agent who has it in hand, not in events; ``service`` is what it may hope for while it waits.
 * ``unclaimed``: it waits, and everybody who could take it has declined or missed it.
 * ``quiet``: nobody has said anything for long, so it takes no room of its agent until they do.
 * ``units`` is the room that it takes else; an agent's capacity is in units.
 * ``joined``: who talks with the customer beside its agent.
 * ``tasks``: what is due in it, and not done; no customer is ever told.
 */
export interface AgentConversation {
  id: string;
  state: "active" | "assistant" | "closed" | "new" | "offered" | "queued" | "wrap_up";
  head: number;
  note_head: number;
  epoch: number;
  created_at: string;
  visitor: Visitor;
  topic?: string | null;
  locale?: string | null;
  queue?: QueueRef | null;
  agent?: Person | null;
  read?: Read;
  preview?: Preview | null;
  queued_at?: string | null;
  assigned_at?: string | null;
  unanswered_since?: string | null;
  wrap_up_until?: string | null;
  closed_at?: string | null;
  closed_by?: "agent" | "assistant" | "customer" | "system" | null;
  outcome?: string | null;
  rating?: Rating | null;
  timing?: Timing | null;
  why?: Why | null;
  full?: boolean;
  unclaimed?: boolean;
  service?: "closed" | "nobody" | "open" | "uncovered";
  priority?: number;
  emergency?: boolean;
  handover?: Handover | null;
  quiet?: boolean;
  units?: number;
  joined?: Person[];
  tasks?: Task[];
}

/**
 * ``session:started`` for an agent: everything a console needs before the first event.
 *
 * Told again when the server may have missed events of other nodes; it replaces what was known.
 * ``limits`` also says after how many seconds a wait is shown as long, and as too long.
 * ``may_pick``: whether they may take who waits without an offer. ``responding`` and
 * ``idle`` as in `status:changed`. ``alerts``: for who leads, those that stand, as in
 * `alerts:changed`.
 */
export interface AgentSession {
  agent: Agent;
  status: "available" | "away" | "busy";
  conversations: AgentConversation[];
  waiting: AgentConversation[];
  offers: Offer[];
  limits: Record<string, number>;
  may_pick: boolean;
  responding?: boolean;
  idle?: boolean;
  alerts?: Alert[];
}

/** Read what was said after message number ``after``, in the public or the private stream. */
export interface AgentSince {
  /** An id as the API gives it, never a key. */
  conversation: string;
  after: number;
  limit?: number;
  private?: boolean;
}

/**
 * One breach of a rule by a queue or an agent, who is the ``subject``.
 *
 * It began ``since`` then. ``value`` is the worst so far, in people, seconds or percent as the
 * metric has it. It is well again since ``well_since``, and over since ``cleared_at``.
 */
export interface Alert {
  id: string;
  rule: string;
  name: string;
  metric: "abandonment" | "gone" | "longest_wait" | "missed" | "not_responding" | "service_level" | "unanswered" | "uncovered" | "waiting";
  threshold: number;
  subject: Person;
  value: number;
  since: string;
  raised_at: string;
  well_since?: string | null;
  cleared_at?: string | null;
}

/** What stands now, the newest hundred first; it replaces what was known. For who leads. */
export interface AlertsChanged {
  standing: Alert[];
}

/**
 * Give a conversation to an agent, over their capacity if need be, as somebody who leads.
 *
 * ``epoch`` is the conversation's as it was seen, ``held_by`` who had it: whoever has taken it
 * since keeps it.
 */
export interface AssignConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  /** An id as the API gives it, never a key. */
  agent: string;
  reason: string;
  epoch?: number | null;
  held_by?: string | null;
}

/** Take back the question to a colleague, and keep the conversation. */
export interface CancelTransfer {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/**
 * End the talk with an outcome; the wrap-up begins.
 *
 * With a ``reason`` somebody who leads ends what is in other hands, or waits: for good, without a
 * wrap-up. ``epoch`` is the conversation's as it was seen, ``held_by`` who had it: what was done
 * since stands, unless they still have it. Tasks that are due in it are done with it, or put off
 * until ``later``.
 */
export interface CloseConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  outcome?: string | null;
  reason?: string | null;
  epoch?: number | null;
  later?: string | null;
  held_by?: string | null;
}

/**
 * A conversation as its customer sees it.
 *
 * ``epoch`` grows with every change of state: the view with the larger epoch is newer.
 * ``service`` is about who could take this one, not about the shop.
 * ``position`` is 1 for who is next; ``eta_s`` a range in seconds, absent when it would be poor.
 * ``full``: more wait than their queue takes, or they wait longer than it promises. They keep
 * their place, and may as well leave a message and an address.
 * ``why`` it is this agent, where there is something kind to say: pages have the words.
 * ``hours`` of its queue, where they are not the shop's.
 */
export interface Conversation {
  id: string;
  state: "active" | "assistant" | "closed" | "new" | "offered" | "queued" | "wrap_up";
  head: number;
  epoch: number;
  created_at: string;
  topic?: string | null;
  queue?: QueueRef | null;
  position?: number | null;
  eta_s?: [number, number] | null;
  agent?: Person | null;
  read?: Read;
  closed_at?: string | null;
  closed_by?: "agent" | "assistant" | "customer" | "system" | null;
  rating?: Rating | null;
  full?: boolean;
  service?: "closed" | "nobody" | "open" | "uncovered";
  why?: "last_agent" | "matched_both" | "matched_language" | "matched_skill" | null;
  hours?: Hours | null;
}

/** The conversation after the command. */
export interface ConversationAnswer {
  conversation: AgentConversation;
}

/** Conversations, newest first; ``next`` continues the list. */
export interface ConversationList {
  conversations: Conversation[];
  next?: string | null;
}

/** Leave the offered conversation to somebody else. */
export interface DeclineOffer {
  /** An id as the API gives it, never a key. */
  offer: string;
  reason?: string | null;
}

/** It is done; there is nothing to add. */
export interface Done {
  readonly [key: string]: never;
}

/** The customer ends the conversation. */
export interface EndConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** Why a command was refused. */
export interface ErrorBody {
  code: string;
  message: string;
  retryable: boolean;
  field?: string | null;
  details?: Record<string, string | number | boolean | null>;
}

/** End the wrap-up early and free the place. */
export interface FinishConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  outcome?: string | null;
}

/** Somebody was asked to take over and has not answered yet; ``note`` is what they were told. */
export interface Handover {
  offer: string;
  by: Person;
  to: Person;
  expires_at: string;
  note?: string | null;
}

/** There are messages up to ``head``; who has fewer asks for ``message:since``. */
export interface HeadChanged {
  conversation: string;
  head: number;
  note_head?: number | null;
}

/** Whether anybody answers now. ``closed`` is outside opening hours, ``nobody`` inside them. */
export interface Hours {
  service: "closed" | "nobody" | "open";
  opens_at?: string | null;
  time_zone?: string;
}

/** Talk with the customer beside the agent, as somebody who leads. The customer is told. */
export interface JoinConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** Stop looking at a conversation. */
export interface LeaveConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** Hear it no longer. */
export interface LeaveLive {
  readonly [key: string]: never;
}

/** Read one's earlier conversations, newest first. */
export interface ListConversations {
  before?: string | null;
  limit?: number;
}

/**
 * Somebody in service: ``taken`` of ``capacity`` units, offers included.
 *
 * ``since`` then they are as they are shown: gone, not responding, idle, or in this ``status``.
 *
 * ``here``: a console of theirs is connected, or was a moment ago and is ``reconnecting``.
 * ``replied_at``: what they have in hand, they last said something in then. Today ``handled``
 * conversations of theirs were closed, in ``handle_s`` on average, and ``missed`` offers ran out.
 * ``serves`` are ids of the queues that they may take from, sooner or later.
 */
export interface LiveAgent {
  id: string;
  name: string;
  status: "available" | "away" | "busy";
  since: string;
  here: boolean;
  responding: boolean;
  idle: boolean;
  capacity: number;
  taken: number;
  reconnecting?: boolean;
  replied_at?: string | null;
  handled?: number;
  handle_s?: number | null;
  missed?: number;
  serves?: string[];
}

/**
 * Everything, as it was ``at`` that moment. The next `live:changed` has ``version`` + 1.
 *
 * Queues count all; of conversations at most the two thousand who wait longest are listed, and
 * the two thousand who came first of those in hand.
 */
export interface LiveBoard {
  version: number;
  at: string;
  queues: LiveQueue[];
  agents: LiveAgent[];
  talks: LiveTalk[];
}

/**
 * What has changed since ``version`` - 1; ``gone`` are ids of whatever is no longer there.
 *
 * Told twice a second at most, and every two seconds though nothing has changed. Who misses a
 * version asks `live:watch` again.
 */
export interface LiveChanged {
  version: number;
  at: string;
  queues?: LiveQueue[];
  agents?: LiveAgent[];
  talks?: LiveTalk[];
  gone?: string[];
}

/**
 * A queue: how many wait in it, ``oldest`` of them since then, and how many are ``in_hand``.
 *
 * ``eta_s``: who comes now waits that long, in seconds, absent when it would be poor. ``able`` of
 * the agents may take from it in the end, ``ready`` of them now, ``free`` of those have room;
 * ``lacks`` are keys of skills that it asks for and none of those ready anywhere has; none where
 * nobody is.
 *
 * Of those who came today ``answered`` were taken, ``in_time`` of them within ``target_s``
 * seconds, and ``abandoned`` left before anybody took them. ``promises``: that time is its own.
 * What is in no queue has an empty id.
 */
export interface LiveQueue {
  id: string;
  name: string;
  waiting?: number;
  oldest?: string | null;
  in_hand?: number;
  eta_s?: [number, number] | null;
  able?: number;
  ready?: number;
  free?: number;
  lacks?: string[];
  target_s?: number;
  promises?: boolean;
  answered?: number;
  in_time?: number;
  abandoned?: number;
}

/** A conversation that is not over: ids of its queue and agent, and since when it waits. */
export interface LiveTalk {
  id: string;
  state: "active" | "assistant" | "closed" | "new" | "offered" | "queued" | "wrap_up";
  visitor: string;
  name?: string | null;
  queue?: string | null;
  agent?: string | null;
  priority?: number;
  emergency?: boolean;
  unclaimed?: boolean;
  queued_at?: string | null;
  assigned_at?: string | null;
  unanswered_since?: string | null;
  wrap_up_until?: string | null;
}

/**
 * One stored message.
 *
 * ``seq`` counts 1, 2, 3 … without holes, customers' and agents' public messages in one stream and
 * private notes in a second stream of their own (``private`` true), which customers never see.
 * ``after`` places a note behind the public message of that number.
 * A ``system`` message has a ``notice`` (a key that pages translate) instead of a text.
 */
export interface Message {
  conversation: string;
  seq: number;
  client_id: string;
  sender: Sender;
  text: string;
  at: string;
  private?: boolean;
  after?: number | null;
  notice?: string | null;
  latency_ms?: number | null;
}

/** Messages in order, and the newest number there is. */
export interface MessagePage {
  messages: Message[];
  head: number;
}

/** A conversation held for one agent until ``expires_at``. */
export interface Offer {
  offer: string;
  conversation: AgentConversation;
  made_at: string;
  expires_at: string;
  why: Why;
}

/** An offer is over. ``by`` names who took it, if somebody did. */
export interface OfferEnded {
  offer: string;
  conversation: string;
  reason: "accepted" | "agent_away" | "agent_lost" | "customer_gone" | "declined" | "rescinded" | "timed_out";
  by?: string | null;
}

/** Look at a conversation and hear what happens in it, until ``conversation:leave``. */
export interface OpenConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/**
 * A conversation with its newest messages, its notes and who else looks at it.
 *
 * ``whispers``: those that are for whoever opens it. ``blurred``: personal data is unreadable,
 * because one watches and the shop says so.
 */
export interface Opened {
  conversation: AgentConversation;
  messages: Message[];
  notes: Message[];
  viewers: Person[];
  whispers?: Whisper[];
  blurred?: boolean;
}

/** The shop page a customer is on. */
export interface Page {
  url: string;
  title?: string | null;
}

/** Somebody as others may see them. */
export interface Person {
  id: string;
  name: string;
}

/** Take a waiting conversation without an offer, where the shop allows it. */
export interface PickConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** The newest public message, for lists. ``by`` which of the agents, where one said it. */
export interface Preview {
  text: string;
  sender: "agent" | "assistant" | "customer" | "system";
  at: string;
  by?: Person | null;
}

/**
 * Say how soon a conversation is served, as somebody who leads.
 *
 * A step of ``priority`` is worth some waiting; an ``emergency`` goes before all others. ``was``
 * and ``was_emergency`` are as they were seen: what was set since stands.
 */
export interface PrioritizeConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  priority: number;
  emergency?: boolean | null;
  reason?: string | null;
  was?: number | null;
  was_emergency?: boolean | null;
}

/** A queue by name. */
export interface QueueRef {
  id: string;
  name: string;
}

/** Say how satisfied one was. */
export interface RateConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  score: number;
  comment?: string | null;
}

/** How satisfied the customer was, 1 (very bad) to 5 (very good). */
export interface Rating {
  score: number;
  comment?: string | null;
  at?: string | null;
}

/** How far each side has read the public stream, and what reached the customer's device. */
export interface Read {
  customer?: number;
  agent?: number;
  delivered?: number;
}

/** One side has read further. */
export interface ReadChanged {
  conversation: string;
  read: Read;
}

/**
 * Let a conversation wait again, in its queue or another one, as somebody who leads.
 *
 * Its age is kept. ``epoch`` is the conversation's as it was seen, ``held_by`` who had it: what
 * was done since stands, unless they still have it.
 */
export interface RequeueConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  reason: string;
  queue?: string | null;
  epoch?: number | null;
  held_by?: string | null;
}

/** Take back a close while the wrap-up lasts. */
export interface ResumeConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** Say something in a conversation of one's own. */
export interface SendMessage {
  /** An id as the API gives it, never a key. */
  conversation: string;
  /** Chosen by the sender, fresh for each new thing; a retry repeats it. */
  client_id: string;
  text: string;
}

/** Who said it. Always from the session, never from the payload. */
export interface Sender {
  kind: "agent" | "assistant" | "customer" | "system";
  id?: string | null;
  name?: string | null;
}

/** The shop opened or closed, or the last agent left or the first came. */
export interface ServiceChanged {
  hours: Hours;
  agents?: Person[];
}

/** The connection is about to close. Without ``retry_after_ms`` reconnecting is useless. */
export interface SessionEnded {
  code: "limit" | "origin" | "replaced" | "shutdown" | "signed_out" | "slow" | "unauthorized";
  message: string;
  retry_after_ms?: number | null;
}

/**
 * Set a colleague's status, as somebody who leads. They are told by whom, and why.
 *
 * ``was`` is their status as it was seen: what was set since stands.
 */
export interface SetAgentStatus {
  /** An id as the API gives it, never a key. */
  agent: string;
  status: "available" | "away" | "busy";
  reason: string;
  was?: "available" | "away" | "busy" | null;
}

/** Say how far one has read (or, with ``delivered``, how far messages have arrived). */
export interface SetRead {
  /** An id as the API gives it, never a key. */
  conversation: string;
  seq: number;
  delivered?: boolean;
}

/** Choose whether new conversations may be offered. */
export interface SetStatus {
  status: "available" | "away" | "busy";
}

/** Tell the other side that somebody is typing, or has stopped. */
export interface SetTyping {
  /** An id as the API gives it, never a key. */
  conversation: string;
  on: boolean;
}

/**
 * Change what is known of the customer: attributes, language, the page they are on.
 *
 * ``name``, ``email`` and ``phone`` are what they say of themselves, where they can be reached;
 * of somebody for whom the shop vouches only the shop says these.
 */
export interface SetUser {
  attributes?: Record<string, string | number | boolean>;
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  locale?: string | null;
  page?: Page | null;
}

/** What a widget needs to look like its shop. ``agents`` are the people available now. */
export interface ShopFace {
  name: string;
  accent: string;
  topics: string[];
  greeting?: string | null;
  agents?: Person[];
  reply_s?: number | null;
}

/** Read what was said after message number ``after``. */
export interface Since {
  /** An id as the API gives it, never a key. */
  conversation: string;
  after: number;
  limit?: number;
}

/** Open a conversation, or answer with the one that is open already. */
export interface StartConversation {
  /** Chosen by the sender, fresh for each new thing; a retry repeats it. */
  client_id: string;
  text?: string | null;
  topic?: string | null;
  attributes?: Record<string, string | number | boolean>;
}

/** The conversation that is open now, and the first message if there was one. */
export interface Started {
  conversation: Conversation;
  message?: Message | null;
}

/**
 * The agent's own status changed, perhaps in another tab or by a supervisor.
 *
 * Not ``responding``: they missed too many offers in a row. Nothing is offered until they choose
 * a status again (the same will do), or take or decline something. ``idle``: they have touched
 * nothing for longer than the shop allows. Nothing is offered until they touch anything.
 * ``by`` names who set it for them, and ``reason`` why.
 */
export interface StatusChanged {
  status: "available" | "away" | "busy";
  responding?: boolean;
  idle?: boolean;
  by?: string | null;
  reason?: string | null;
}

/** Leave it to its agent again. The customer is told. */
export interface StepOut {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** The message is committed under this number. */
export interface Stored {
  seq: number;
  at: string;
}

/**
 * Where a conversation goes: to an agent, to a queue, or back to who had it before.
 *
 * Exactly one of the three.
 */
export interface Target {
  agent?: string | null;
  queue?: string | null;
  back?: boolean;
}

/**
 * What is to be done for a customer later. No customer is ever told of it.
 *
 * ``conversation`` is where it came from; it is done in ``due_conversation``, once it is due.
 * Without an ``assignee`` whoever can does it. ``queue`` is that of its conversation, unless it
 * has an ``own_queue``. ``version`` grows with every change. ``customer`` and ``phone`` are absent
 * where the customer stands beside it.
 */
export interface Task {
  id: string;
  conversation: string;
  visitor: string;
  kind: "call_back" | "follow_up";
  text: string;
  due_at: string;
  state: "cancelled" | "done" | "due" | "open";
  version: number;
  created_by: Person;
  created_at: string;
  assignee?: Person | null;
  queue?: QueueRef | null;
  own_queue?: boolean;
  due_conversation?: string | null;
  customer?: string | null;
  phone?: string | null;
  done_at?: string | null;
  done_by?: Person | null;
  outcome?: string | null;
}

/**
 * Say that somebody has touched the console since it was last said, at most once a while.
 *
 * Without input nothing is said, except at first: ``seen`` false says that this client notices
 * input and saw none yet. Only agents whose clients all do so can be found idle.
 */
export interface TellInput {
  seen?: boolean;
}

/** How long things took, in seconds; None until it happened. Terms: docs/design/terms.md. */
export interface Timing {
  waiting_s?: number | null;
  first_response_s?: number | null;
  replies?: number;
  mean_reply_s?: number | null;
  max_reply_s?: number | null;
  customer_talk_s?: number;
  agent_talk_s?: number;
  handle_s?: number | null;
  wrap_up_s?: number | null;
}

/**
 * Hand the conversation over. Its age is kept.
 *
 * With ``warm`` a person is asked first, and until they accept it stays in the sender's hands.
 */
export interface TransferConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
  to: Target;
  note?: string | null;
  warm?: boolean;
}

/** Somebody is typing, or has stopped. It ends by itself after 5 s without renewal. */
export interface TypingChanged {
  conversation: string;
  kind: "agent" | "customer";
  on: boolean;
  name?: string | null;
}

/** Who else has this conversation open. */
export interface ViewersChanged {
  conversation: string;
  viewers: Person[];
}

/** A customer as agents see them. ``signed`` is true when the shop vouched for who they are. */
export interface Visitor {
  id: string;
  signed: boolean;
  created_at: string;
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  locale?: string | null;
  attributes?: Record<string, string | number | boolean>;
  page?: Page | null;
  online?: boolean;
  conversations?: number;
  csat?: number | null;
}

/** What is known of a customer changed: their page, their name, whether they are here. */
export interface VisitorChanged {
  visitor: Visitor;
  at: string;
}

/** The conversation after the command, as its customer sees it. */
export interface VisitorConversationAnswer {
  conversation: Conversation;
}

/** ``session:started`` for a customer. Keep ``token``: it is how this browser is known again. */
export interface VisitorSession {
  token: string;
  visitor: Visitor;
  conversation: Conversation | null;
  hours: Hours;
  shop: ShopFace;
  limits: Record<string, number>;
}

/**
 * Look at a conversation unseen, as somebody who leads, until ``conversation:leave``.
 *
 * Nobody is told, nothing counts as read. That one watched, and how long, is written down.
 */
export interface WatchConversation {
  /** An id as the API gives it, never a key. */
  conversation: string;
}

/** See the shop as it is now, and hear `live:changed` from then on. For who leads. */
export interface WatchLive {
  readonly [key: string]: never;
}

/**
 * What somebody who leads says to the agent of a conversation. No customer ever reads it.
 *
 * Only the agent ``to`` whom it was said sees it, and those who lead. ``seq`` counts 1, 2, 3 …
 * in the conversation, whoever it was said to; ``after`` places it behind a public message.
 */
export interface Whisper {
  conversation: string;
  seq: number;
  client_id: string;
  by: Person;
  to: Person;
  text: string;
  at: string;
  after: number;
}

/**
 * Say something to whoever has a conversation, as somebody who leads. No customer reads it.
 *
 * ``to`` is whom it is meant for: who has taken the conversation since does not read it.
 */
export interface WhisperToAgent {
  /** An id as the API gives it, never a key. */
  conversation: string;
  /** Chosen by the sender, fresh for each new thing; a retry repeats it. */
  client_id: string;
  text: string;
  to?: string | null;
}

/** The whisper as it was stored. */
export interface Whispered {
  whisper: Whisper;
}

/** Why this agent, in terms a person can check: the facts that decided, most important first. */
export interface Why {
  sentence: string;
  facts?: Record<string, string | number | boolean>;
}

/** Say something to the customer, or with ``private`` leave a note that only colleagues see. */
export interface WriteMessage {
  /** An id as the API gives it, never a key. */
  conversation: string;
  /** Chosen by the sender, fresh for each new thing; a retry repeats it. */
  client_id: string;
  text: string;
  private?: boolean;
}

/** Every command is answered with one of the two. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };

export interface VisitorCommands {
  "conversation:start": { ask: StartConversation; answer: Started };
  "conversation:list": { ask: ListConversations; answer: ConversationList };
  "conversation:end": { ask: EndConversation; answer: VisitorConversationAnswer };
  "conversation:rate": { ask: RateConversation; answer: VisitorConversationAnswer };
  "message:send": { ask: SendMessage; answer: Stored };
  "message:since": { ask: Since; answer: MessagePage };
  "typing:set": { ask: SetTyping; answer: Done };
  "read:set": { ask: SetRead; answer: Done };
  "user:set": { ask: SetUser; answer: Done };
}

export interface VisitorEvents {
  "session:started": VisitorSession;
  "session:ended": SessionEnded;
  "message:created": Message;
  "conversation:changed": Conversation;
  "typing:changed": TypingChanged;
  "read:changed": ReadChanged;
  "head:changed": HeadChanged;
  "service:changed": ServiceChanged;
}

export interface AgentCommands {
  "status:set": { ask: SetStatus; answer: Done };
  "input:tell": { ask: TellInput; answer: Done };
  "offer:accept": { ask: AcceptOffer; answer: ConversationAnswer };
  "offer:decline": { ask: DeclineOffer; answer: Done };
  "conversation:pick": { ask: PickConversation; answer: ConversationAnswer };
  "conversation:open": { ask: OpenConversation; answer: Opened };
  "conversation:watch": { ask: WatchConversation; answer: Opened };
  "conversation:leave": { ask: LeaveConversation; answer: Done };
  "conversation:transfer": { ask: TransferConversation; answer: ConversationAnswer };
  "transfer:cancel": { ask: CancelTransfer; answer: ConversationAnswer };
  "conversation:assign": { ask: AssignConversation; answer: ConversationAnswer };
  "conversation:prioritize": { ask: PrioritizeConversation; answer: ConversationAnswer };
  "conversation:whisper": { ask: WhisperToAgent; answer: Whispered };
  "conversation:join": { ask: JoinConversation; answer: ConversationAnswer };
  "conversation:step_out": { ask: StepOut; answer: ConversationAnswer };
  "conversation:requeue": { ask: RequeueConversation; answer: ConversationAnswer };
  "agent:set_status": { ask: SetAgentStatus; answer: Done };
  "conversation:close": { ask: CloseConversation; answer: ConversationAnswer };
  "conversation:resume": { ask: ResumeConversation; answer: ConversationAnswer };
  "conversation:finish": { ask: FinishConversation; answer: ConversationAnswer };
  "message:send": { ask: WriteMessage; answer: Stored };
  "message:since": { ask: AgentSince; answer: MessagePage };
  "typing:set": { ask: SetTyping; answer: Done };
  "read:set": { ask: SetRead; answer: Done };
  "live:watch": { ask: WatchLive; answer: LiveBoard };
  "live:leave": { ask: LeaveLive; answer: Done };
}

export interface AgentEvents {
  "session:started": AgentSession;
  "session:ended": SessionEnded;
  "message:created": Message;
  "conversation:changed": AgentConversation;
  "typing:changed": TypingChanged;
  "read:changed": ReadChanged;
  "head:changed": HeadChanged;
  "offer:made": Offer;
  "offer:ended": OfferEnded;
  "viewers:changed": ViewersChanged;
  "whisper:created": Whisper;
  "status:changed": StatusChanged;
  "visitor:changed": VisitorChanged;
  "live:changed": LiveChanged;
  "alerts:changed": AlertsChanged;
  "task:changed": Task;
  "task:reminded": Task;
  "task:due": Task;
}
