import { beforeAll, describe, expect, test } from 'vitest';
import { Book, is_unread } from '../src/state/book.svelte.ts';
import { Inbox } from '../src/state/inbox.svelte.ts';
import { Api } from '../src/state/api.ts';
import { console_words } from '../src/i18n';
import { usual_outcome } from '../src/lib/outcomes.ts';
import { said_by } from '../src/state/words.ts';
import { AT, conversation, ME, said, visitor } from './fake_line.ts';

const words = console_words();
beforeAll(() => words.use('en'));

function book(): Book {
  const made = new Book();
  made.me = ME.id;
  return made;
}

describe('the book', () => {
  test('d11: of two views the newer one wins, in whatever order they come', () => {
    const known = book();
    known.put(conversation('c1', { state: 'active', epoch: 3 }));
    known.put(conversation('c1', { state: 'queued', epoch: 2, agent: null }));
    expect(known.mine.map((c) => c.id)).toEqual(['c1']);
    expect(known.waiting).toEqual([]);
  });

  test('the wait counts from the first unanswered message and ends with the answer', () => {
    const known = book();
    known.put(conversation('c1'));
    known.said(said(1, { at: '2026-03-02T10:00:00Z' }));
    known.said(said(2, { at: '2026-03-02T10:01:00Z' }));
    expect(known.get('c1')?.unanswered_since).toBe('2026-03-02T10:00:00Z');
    expect(known.mine.filter(is_unread)).toHaveLength(1);
    known.said(said(3, { sender: { kind: 'agent', id: ME.id }, at: '2026-03-02T10:02:00Z' }));
    expect(known.get('c1')?.unanswered_since).toBeUndefined();
    expect(known.get('c1')?.preview?.sender).toBe('agent');
  });

  test('a reply of ours is timed at once, as the server will tell it; words nobody waited for are none', () => {
    const known = book();
    const ours = { sender: { kind: 'agent', id: ME.id } } as const;
    const times = () => known.get('c1')?.timing;
    known.put(conversation('c1', { timing: { waiting_s: 4 } }));
    known.said(said(1, { at: '2026-03-02T10:00:00Z' }));
    known.said(said(2, { ...ours, at: '2026-03-02T10:00:30Z' }));
    expect(times()).toEqual({ waiting_s: 4, first_response_s: 30, replies: 1, mean_reply_s: 30, max_reply_s: 30 });
    known.said(said(3, { ...ours, at: '2026-03-02T10:00:40Z' }));
    expect(times()?.replies).toBe(1);
    known.said(said(4, { at: '2026-03-02T10:01:00Z' }));
    known.said(said(5, { ...ours, at: '2026-03-02T10:01:10Z', latency_ms: 10_000 }));
    expect(times()).toMatchObject({ first_response_s: 30, replies: 2, mean_reply_s: 20, max_reply_s: 30 });
    known.put(conversation('c1', { epoch: 2, head: 4, state: 'wrap_up', timing: { waiting_s: 4, replies: 1, mean_reply_s: 30 } }));
    expect(times()).toMatchObject({ waiting_s: 4, replies: 2, mean_reply_s: 20 });
  });

  test('the row says whose the last words are, also those of somebody who joined', () => {
    const known = book();
    const line = () => said_by(words, known.get('c1') ?? conversation(''), ME.id);
    known.put(conversation('c1'));
    known.said(said(1));
    expect(line()).toBe('');
    known.said(said(2, { sender: { kind: 'agent', id: ME.id, name: ME.name } }));
    expect(line()).toBe('You: ');
    known.said(said(3, { sender: { kind: 'agent', id: 'a9', name: 'Su Qin' } }));
    expect(line()).toBe('Su Qin: ');
    known.put(conversation('c1', { epoch: 2, head: 4, preview: { text: 'x', sender: 'agent', at: AT } }));
    expect(line()).toBe('You: '); // an older server does not say who
  });

  test('closing takes nothing for resolved while nobody of us has said a word', () => {
    const known = book();
    const usual = () => usual_outcome(known.get('c1') ?? conversation(''));
    known.put(conversation('c1'));
    known.said(said(1));
    expect(usual()).toBeUndefined();
    known.said(said(2, { sender: { kind: 'agent', id: ME.id } }));
    known.said(said(3));
    expect(usual()).toBe('resolved');
  });

  test('a16: whoever is quiet is mine and takes no place', () => {
    const known = book();
    known.put(conversation('c1', { quiet: true }));
    known.put(conversation('c2'));
    expect([known.mine.length, known.in_hand]).toEqual([2, 1]);
    known.put(conversation('c1', { epoch: 9 }));
    expect(known.in_hand).toBe(2);
  });

  test('a18: a call of three units takes three places', () => {
    const known = book();
    known.put(conversation('c1', { units: 3 }));
    expect(known.in_hand).toBe(3);
    known.put(conversation('c2')); // an older server does not say it
    expect(known.in_hand).toBe(4);
    known.put(conversation('c1', { units: 3, quiet: true, epoch: 9 }));
    expect(known.in_hand).toBe(1);
  });

  test('an older row does not take the newest message back', () => {
    const known = book();
    known.put(conversation('c1'));
    known.said(said(1));
    known.put(conversation('c1', { head: 0 }));
    expect(known.get('c1')?.head).toBe(1);
  });

  test('after a reconnect only what the server lists is in hand', () => {
    const known = book();
    known.put(conversation('c1'));
    known.put(conversation('c2'));
    known.put(conversation('w1', { state: 'queued', agent: null }));
    known.replace([conversation('c2')]);
    expect(known.mine.map((c) => c.id)).toEqual(['c2']);
    expect(known.waiting).toEqual([]);
  });

  test('b1: of those who wait, emergencies stand first, then who waits longest', () => {
    const known = book();
    const queued = (id: string, minute: number, more = {}) =>
      known.put(conversation(id, { state: 'queued', agent: null, queued_at: `2026-03-02T10:0${minute}:00Z`, ...more }));
    queued('late', 5);
    queued('early', 1, { priority: 9 });
    queued('urgent late', 6, { emergency: true });
    queued('urgent', 4, { emergency: true, state: 'offered' });
    expect(known.waiting.map((c) => c.id)).toEqual(['urgent', 'urgent late', 'early', 'late']);
    queued('urgent', 4, { emergency: false, epoch: 2 });
    expect(known.waiting.map((c) => c.id)).toEqual(['urgent late', 'early', 'urgent', 'late']);
  });

  test('a customer who moves on is seen everywhere', () => {
    const known = book();
    known.put(conversation('c1'));
    known.visitor({ ...visitor(), page: { url: 'https://shop.example/cart' } });
    expect(known.get('c1')?.visitor.page?.url).toBe('https://shop.example/cart');
  });
});

describe('why a conversation came to us', () => {
  const why = { sentence: 'You are the only one free who can take this.' };

  test('p8: the answer to a reload says it, and events that do not say it change nothing', () => {
    const known = book();
    known.replace([conversation('c1', { why })]);
    known.put(conversation('c1', { epoch: 2 }));
    expect(known.why('c1')).toEqual(why);
  });

  test('an offer says it before the conversation is ours', () => {
    const known = book();
    known.offered('c1', why);
    known.put(conversation('c1', { state: 'offered', agent: null, epoch: 2 }));
    known.put(conversation('c1', { epoch: 3 }));
    expect(known.why('c1')).toEqual(why);
  });

  test('it is forgotten once the conversation waits again or is in other hands', () => {
    const known = book();
    known.put(conversation('c1', { why }));
    known.put(conversation('c1', { state: 'queued', agent: null, epoch: 2 }));
    expect(known.why('c1')).toBeNull();
    known.put(conversation('c2', { agent: { id: 'tom', name: 'Tom' }, why }));
    expect(known.why('c2')).toBeNull();
  });
});

describe('the inbox', () => {
  const waiting = (id: string, since: string) => conversation(id, { unanswered_since: since });

  test('has whoever waits longest on top', () => {
    const known = book();
    known.put(waiting('late', '2026-03-02T10:05:00Z'));
    known.put(conversation('answered'));
    known.put(waiting('early', '2026-03-02T10:00:00Z'));
    known.put(conversation('wrapping', { state: 'wrap_up' }));
    expect(new Inbox(known, new Api()).rows.map((c) => c.id)).toEqual(['early', 'late', 'answered', 'wrapping']);
  });

  test('never reorders under the pointer', () => {
    const known = book();
    const inbox = new Inbox(known, new Api());
    known.put(waiting('a', '2026-03-02T10:05:00Z'));
    known.put(waiting('b', '2026-03-02T10:06:00Z'));
    inbox.hold();
    known.put(waiting('new', '2026-03-02T10:00:00Z'));
    expect(inbox.rows.map((c) => c.id)).toEqual(['a', 'b', 'new']);
    inbox.release();
    expect(inbox.rows.map((c) => c.id)).toEqual(['new', 'a', 'b']);
  });

  test('goes on to the next one and around the end', () => {
    const known = book();
    known.put(waiting('a', '2026-03-02T10:05:00Z'));
    known.put(waiting('b', '2026-03-02T10:06:00Z'));
    const inbox = new Inbox(known, new Api());
    expect([inbox.beside(null, 1), inbox.beside('a', 1), inbox.beside('b', 1), inbox.beside('a', -1)]).toEqual(['a', 'b', 'a', 'b']);
  });

  test('shows the closed ones page by page', async () => {
    const asked: string[] = [];
    const api = new Api('', (async (path: string) => {
      asked.push(path);
      const first = !path.includes('before');
      return Response.json({ items: [conversation(first ? 'x' : 'y', { state: 'closed' })], ...(first ? { next: 'n1' } : {}) });
    }) as typeof fetch);
    const inbox = new Inbox(book(), api);
    inbox.tab = 'closed';
    await inbox.load();
    expect(inbox.more).toBe(true);
    await inbox.load_more();
    expect(inbox.rows.map((c) => c.id)).toEqual(['x', 'y']);
    expect(inbox.more).toBe(false);
    expect(asked[1]).toContain('before=n1');
  });
});
