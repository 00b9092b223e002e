/** The round button and the frame of the panel. No request is made before the frame is wanted. */
import { STYLE } from './style.ts';
import { words } from './words.ts';

const SPEECH = 'M4 6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H9l-5 4z';
const CROSS = 'M6 6l12 12M18 6L6 18';

export interface Launcher {
  button: HTMLButtonElement;
  frame(): HTMLIFrameElement | undefined;
  load(src: string): void;
  dress(locale: string, accent: string, position?: string): void;
  open(on: boolean): void;
  unread(count: number): void;
  visible(on: boolean): void;
  remove(): void;
}

/** Puts the button on the page; `press` and `escape` are told what the customer does with it. */
export function launcher(press: () => void, escape: () => void): Launcher {
  const host = document.createElement('div');
  const box = document.createElement('div');
  const button = document.createElement('button');
  const badge = document.createElement('span');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  const watch = new MutationObserver(stay);
  let frame: HTMLIFrameElement | undefined;
  let locale = '';
  let isOpen = false;
  let unread = 0;

  // Beside <body>, so that pages which swap their body keep the button and the running chat.
  function stay(): void {
    if (!host.isConnected) document.documentElement.append(host);
  }

  function show(): void {
    frame?.classList.toggle('open', isOpen);
    button.ariaExpanded = String(isOpen);
    button.ariaLabel = words(locale, isOpen, unread);
    badge.textContent = unread > 99 ? '99+' : unread ? String(unread) : '';
    if (frame) frame.title = words(locale, false, 0);
  }

  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  host.id = 'kefu';
  button.append(icon(SPEECH), icon(CROSS), badge);
  button.onclick = press;
  box.onkeydown = (event): void => {
    if (event.key === 'Escape') escape();
  };
  box.append(button);
  root.append(box);
  watch.observe(document.documentElement, { childList: true });
  stay();
  show();

  return {
    button,
    frame: () => frame,
    load(src): void {
      frame = document.createElement('iframe');
      frame.src = src;
      box.prepend(frame);
      void frame.offsetWidth; // laid out once, so that it may slide in
      show();
    },
    dress(language, accent, position): void {
      locale = language;
      box.className = position ?? '';
      box.style.setProperty('--a', accent);
      box.style.setProperty('--o', ink(accent));
      show();
    },
    open(on): void {
      isOpen = on;
      show();
    },
    unread(count): void {
      unread = count;
      show();
    },
    visible(on): void {
      host.hidden = !on;
    },
    remove(): void {
      watch.disconnect();
      host.remove();
    },
  };
}

function icon(path: string): SVGElement {
  const make = (name: string): SVGElement => document.createElementNS('http://www.w3.org/2000/svg', name) as SVGElement;
  const drawing = make('svg');
  const line = make('path');
  drawing.setAttribute('viewBox', '0 0 24 24');
  line.setAttribute('d', path);
  drawing.append(line);
  return drawing;
}

/** White, or ink where the accent is too light for white. */
function ink(accent: string): string {
  const value = parseInt(accent.slice(1), 16);
  const light = (value >> 16) * 0.3 + ((value >> 8) & 255) * 0.59 + (value & 255) * 0.11;
  return light > 140 ? '#0e1210' : '#fff';
}
