import { MemoryKeep } from '@kefu/shared/keep.ts';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Book, is_unread } from '../src/state/book.svelte.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import { Kept } from '../src/state/kept.ts';
import type { Hear, LineState } from '../src/state/line.ts';
import { conversation, FakeLine, ME, said, session } from './fake_line.ts';

/** Like the real line, it tells nothing any more to whoever has stopped listening. */
class QuietLine extends FakeLine {
  override on_state(hear: Hear<LineState>): () => void {
    let listens = true;
    super.on_state((state) => listens && hear(state));
    return () => (listens = false);
  }
}

const ears = { offered: vi.fn(), offer_ended: vi.fn(), customer_said: vi.fn(), taken_over: vi.fn(), not_taken_over: vi.fn(), assigned: vi.fn(), whispered: vi.fn(), status_set: vi.fn(), unclaimed: vi.fn(), alerted: vi.fn(), task: vi.fn(), began: vi.fn(), ended: vi.fn() };
const waited: number[] = [];
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
let line: QuietLine;
let keep: MemoryKeep;
let desk: Desk;
let stop: () => void;

beforeEach(() => {
  waited.length = 0;
  keep = new MemoryKeep();
  line = new QuietLine();
  desk = new Desk(line, new Kept(keep), ears, (ms) => (waited.push(ms), settled()));
  stop = desk.start();
  line.answer('conversation:open', ({ conversation: id }) => ({
    conversation: conversation(id, { head: 1 }), messages: [said(1, { conversation: id })], notes: [], viewers: [],
  }));
  line.answer('message:since', ({ after }) => ({ messages: [], head: after }));
});

describe('a desk over a long day', () => {
  test('d6: after a reconnect it reads what is in hand and in view, not all that was ever looked at', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 1 })] }));
    for (let n = 1; n <= 29; n += 1) {
      await desk.open(`c${n}`);
      if (n > 1) desk.book.put(conversation(`c${n}`, { state: 'closed', epoch: 2, agent: { id: 'a2', name: 'Tom' } }));
    }
    line.turn('lost');
    line.asked = [];
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 1 })] }));
    await vi.waitFor(() => expect(desk.health.well).toBe(true));
    // A session may ask sixty things at once; whoever asks for more is refused, again and again.
    expect(line.asked.map(([command, { conversation: id }]) => `${command} ${id}`).sort()).toEqual([
      'conversation:open c29', 'message:since c1', 'message:since c1',
    ]);
    expect(desk.threads.get('c2')).toBeUndefined();
  });

  test('a conversation that is there no longer does not keep the desk from getting well', async () => {
    line.tell('session:started', session());
    await desk.open('c1');
    line.turn('lost');
    line.refuse('conversation:open', 'not_found');
    line.refuse('message:since', 'not_found');
    line.tell('session:started', session());
    await vi.waitFor(() => expect(desk.health.well).toBe(true));
  });

  test('a link to a conversation, followed before the line is there, waits for it', async () => {
    line.refuse('conversation:open', 'offline', true);
    await desk.open('c1');
    expect(desk.threads.get('c1')?.state).toBe('loading');
  });

  test('who signed out asks and writes nothing any more', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 1 })] }));
    await desk.open('c1');
    await settled();
    line.refuse('message:send', 'unavailable', true);
    line.refuse('conversation:open', 'unavailable', true);
    desk.threads.get('c1')?.thread.say('Unsent');
    stop();
    for (const key of keep.keys('')) keep.remove(key); // somebody else at this place has sent it
    line.asked = [];
    for (let n = 0; n < 10; n += 1) await settled();
    expect([line.asked, keep.keys('')]).toEqual([[], []]);
  });

  test('who is told to wait before sending waits that long', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 1 })] }));
    await desk.open('c1');
    await settled();
    line.refuse('message:send', 'too_many', true, { retry_after_ms: '20000' });
    desk.threads.get('c1')?.thread.say('Again and again');
    await vi.waitFor(() => expect(waited.length).toBeGreaterThan(0));
    stop();
    expect(waited[0]).toBe(20_000);
  });

  test('that something was read is told again when the line broke before anybody heard it', async () => {
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2 })] }));
    await settled();
    desk.read('c1', 2);
    line.turn('lost');
    line.asked = [];
    line.tell('session:started', session({ conversations: [conversation('c1', { head: 2, read: { agent: 0 } })] }));
    expect(line.of('read:set')).toEqual([{ conversation: 'c1', seq: 2 }]);
  });
});

describe('the book over a long day', () => {
  const book = (): Book => Object.assign(new Book(), { me: ME.id });

  test('d11: a change of state told late does not hide what the customer said since', () => {
    const known = book();
    known.put(conversation('c1', { state: 'offered', agent: null, epoch: 2 }));
    known.said(said(1));
    known.put(conversation('c1', { epoch: 3, head: 0 }));
    expect(known.mine.filter(is_unread)).toHaveLength(1);
    expect(known.get('c1')).toMatchObject({ head: 1, preview: { text: 'text 1' }, unanswered_since: said(1).at });
  });

  test('it forgets closed conversations, the oldest first, and never the one in view', () => {
    const known = book();
    known.in_view = 'c0';
    for (let n = 0; n < 1_000; n += 1) known.put(conversation(`c${n}`, { state: 'closed', agent: null }));
    known.put(conversation('mine'));
    expect([known.get('c0')?.id, known.get('c1'), known.get('c999')?.id, known.get('mine')?.id]).toEqual(['c0', undefined, 'c999', 'mine']);
    expect(known.size).toBeLessThan(500);
  });
});
