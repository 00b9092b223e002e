import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { kefu, type Commands } from './kefu.ts';

const NODE = 'https://kefu.example';
let shop: Commands;
let told: [unknown, string][];

const host = (): HTMLElement | null => document.querySelector('#kefu');
const root = (): ShadowRoot => host()?.shadowRoot as ShadowRoot;
const button = (): HTMLButtonElement => root().querySelector('button') as HTMLButtonElement;
const frame = (): HTMLIFrameElement | null => root().querySelector('iframe');

function says(data: unknown, origin = NODE, source: unknown = frame()?.contentWindow): void {
  const event = new MessageEvent('message', { data, origin });
  Object.defineProperty(event, 'source', { value: source });
  window.dispatchEvent(event);
}

beforeEach(() => {
  told = [];
  // The panel's window stands in for the real one: the test hears what it would.
  const panel = { postMessage: (data: unknown, origin: string) => told.push([data, origin]) };
  vi.spyOn(HTMLIFrameElement.prototype, 'contentWindow', 'get').mockReturnValue(panel as never);
  vi.spyOn(HTMLIFrameElement.prototype, 'src', 'set').mockImplementation(() => {});
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  shop = kefu(new URL(`${NODE}/kefu.js`));
});
afterEach(() => {
  shop.shutdown();
  localStorage.clear();
  sessionStorage.clear();
});

test('test_p11: before a click there is a button, and nothing is kept or framed', () => {
  shop.boot({ site: 'demo' });
  expect(button().ariaLabel).toBe('Chat with us');
  expect(frame()).toBeNull();
  expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
});

test('opening and closing tell the page, and the focus returns to the button', () => {
  const heard: string[] = [];
  for (const name of ['ready', 'opened', 'closed'] as const) shop.on(name, () => heard.push(name));
  shop.boot({ site: 'demo' });
  button().click();
  expect(button().ariaLabel).toBe('Close the chat');
  says({ kefu: 'close' });
  expect(heard).toEqual(['ready', 'opened', 'closed']);
  expect(root().activeElement).toBe(button());
});

test('the panel is told everything once it has said hello, and only on its own origin', () => {
  shop.setUser({ id: 'ann' }, 'hash');
  shop.boot({ site: 'demo', locale: 'zh', attributes: { plan: 'gold' } });
  shop.open();
  expect(told).toEqual([]);
  says({ kefu: 'hello' });
  expect(told[0]).toMatchObject([{ kefu: 'boot', site: 'demo', locale: 'zh', identity: { id: 'ann', hash: 'hash' }, attributes: { plan: 'gold' }, open: true }, NODE]);
  shop.setLocale('en');
  expect(new Set(told.map(([, origin]) => origin))).toEqual(new Set([NODE]));
});

test('test_f8: what comes from another origin or another window is not heard', () => {
  const unread = vi.fn();
  shop.on('unread', unread);
  shop.boot({ site: 'demo' });
  shop.open();
  says({ kefu: 'unread', count: 3 }, 'https://kefu.example.evil');
  says({ kefu: 'unread', count: 3 }, NODE, window);
  expect(unread).not.toHaveBeenCalled();
  says({ kefu: 'unread', count: 3 });
  expect(unread).toHaveBeenCalledWith(3);
});

test('unread messages are on the button, in words too', () => {
  shop.boot({ site: 'demo' });
  shop.open();
  shop.close();
  says({ kefu: 'unread', count: 120 });
  expect(button().textContent).toBe('99+');
  expect(button().ariaLabel).toBe('Chat with us, 120 unread');
});

test('who has opened it before is told of unread messages on the next page; an open one is open again', () => {
  shop.boot({ site: 'demo' });
  shop.open();
  shop.shutdown();
  shop = kefu(new URL(`${NODE}/kefu.js`));
  shop.boot({ site: 'demo' });
  expect(frame()).not.toBeNull();
  expect(frame()?.classList.contains('open')).toBe(false);
});

test('test_g9: what the panel cannot keep, the page keeps for it, until reset', () => {
  shop.boot({ site: 'demo' });
  shop.open();
  says({ kefu: 'keep', key: 'token', value: 't' });
  says({ kefu: 'hello' });
  expect(told[0]?.[0]).toMatchObject({ kept: { token: 't' } });
  shop.reset();
  expect(Object.keys(localStorage).filter((key) => key.includes(':k:'))).toEqual([]);
  expect(told.at(-1)?.[0]).toEqual({ kefu: 'reset' });
});

test('f3: the panel hears of a log-out that came before it was there, once', () => {
  shop.reset();
  shop.boot({ site: 'demo', identity: { id: 'bob' } });
  shop.open();
  says({ kefu: 'hello' });
  says({ kefu: 'hello' });
  const boots = told.map(([said]) => said).filter((said) => (said as { kefu: string }).kefu === 'boot');
  expect(boots).toMatchObject([{ anew: true, identity: { id: 'bob' } }, { anew: false }]);
});

test('a mistake in the page’s own listener does not stop the others', () => {
  const report = vi.fn();
  vi.stubGlobal('reportError', report);
  const other = vi.fn();
  shop.on('ready', () => { throw new Error('theirs'); });
  shop.on('ready', other);
  shop.boot({ site: 'demo' });
  expect([report.mock.calls.length, other.mock.calls.length]).toEqual([1, 1]);
});

test('a page that throws its content away keeps the button', async () => {
  shop.boot({ site: 'demo' });
  host()?.remove();
  await vi.waitFor(() => expect(host()).not.toBeNull());
});
