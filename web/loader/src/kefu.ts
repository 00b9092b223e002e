/** The commands of `Kefu(...)`, the state behind them, and the talk with the panel. */
import type { Attributes, FromPanel, HostEvents, HostPage, Identity, ToPanel } from '../../shared/bridge.ts';
import { launcher, type Launcher } from './launcher.ts';
import { below, recall } from './recall.ts';
import { FULL } from './style.ts';

export interface Settings {
  site: string;
  locale?: string;
  accent?: string;
  position?: string;
  attributes?: Attributes;
  identity?: Identity;
}
type Hear = (detail: never) => void;
type EventName = keyof HostEvents;
export type Commands = ReturnType<typeof kefu>;

/** Everything a shop's page may ask for. `base` is where this script came from; nothing else is talked to. */
export function kefu(base: URL) {
  const ears: { [name: string]: Set<Hear> } = {};
  let settings: Partial<Settings> = {};
  let identity: Identity | null = null;
  let attributes: Attributes = {};
  let at: Launcher | undefined;
  let greeted = false;
  let isOpen = false;
  let focus = true;
  let anew = false;

  const key = (rest = ''): string => `kefu:${settings.site}${rest}`;
  const locale = (): string => settings.locale ?? (document.documentElement.lang || navigator.language);
  const full = (): boolean => matchMedia(FULL).matches;
  const page = (): HostPage => ({ url: location.href.split('#')[0] as string, title: document.title });
  const moved = (): void => tell({ kefu: 'page', page: page() });

  function tell(said: ToPanel): void {
    if (greeted) at?.frame()?.contentWindow?.postMessage(said, base.origin);
  }

  function emit<N extends EventName>(name: N, detail?: HostEvents[N]): void {
    for (const hear of ears[name] ?? []) {
      try {
        hear(detail as never);
      } catch (error) {
        reportError(error); // the page's own mistake, shown where the page looks for them
      }
    }
  }

  function dress(): void {
    const accent = settings.accent ?? recall('localStorage', key(':accent')) ?? '#2f6f5e';
    at?.dress(locale(), accent, settings.position);
  }

  function load(): void {
    const address = new URL(`widget/?site=${encodeURIComponent(settings.site as string)}`, base);
    address.hash = encodeURIComponent(location.origin); // whom the panel may talk to; frame-ancestors keeps it honest
    at?.load(address.href);
  }

  function greet(): void {
    const kept = below(key(':k:'));
    greeted = true;
    tell({ kefu: 'boot', site: settings.site as string, locale: locale(), identity, attributes, page: page(), open: isOpen, full: full(), anew, kept });
    anew = false;
    if (isOpen) tell({ kefu: 'open', focus, full: full() });
  }

  function hear(said: FromPanel): void {
    if (said.kefu === 'hello') greet();
    if (said.kefu === 'close') close();
    if (said.kefu === 'accent') {
      recall('localStorage', key(':accent'), said.accent);
      dress();
    }
    if (said.kefu === 'keep') recall('localStorage', key(':k:' + said.key), said.value);
    if (said.kefu === 'unread') {
      at?.unread(said.count);
      emit('unread', said.count);
    }
    if (said.kefu === 'event') emit(said.name, said.detail as never);
  }

  function reveal(withFocus: boolean): void {
    if (!at || isOpen) return;
    isOpen = true;
    focus = withFocus;
    recall('localStorage', key(), '1');
    recall('sessionStorage', key(), '1');
    if (!at.frame()) load();
    at.open(true);
    if (focus) at.frame()?.focus();
    tell({ kefu: 'open', focus, full: full() });
    emit('opened');
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    recall('sessionStorage', key(), null);
    at?.open(false);
    at?.button.focus();
    tell({ kefu: 'close' });
    emit('closed');
  }

  addEventListener('message', (event: MessageEvent<FromPanel>) => {
    // Only our own frame on our own origin is listened to.
    const frame = at?.frame()?.contentWindow;
    if (frame && event.source === frame && event.origin === base.origin) hear(event.data);
  });
  addEventListener('popstate', moved);
  (window as { navigation?: EventTarget }).navigation?.addEventListener('navigatesuccess', moved);

  const commands = {
    boot(wanted: Partial<Settings> = {}): void {
      commands.update(wanted);
      if (at || !settings.site) return;
      at = launcher(() => (isOpen ? close() : reveal(true)), close);
      dress();
      emit('ready');
      // Only who has opened it before is told of unread messages, or finds it open again.
      if (!recall('localStorage', key())) return;
      if (recall('sessionStorage', key()) && !full()) reveal(false);
      else load();
    },
    update({ identity: user, attributes: more, ...rest }: Partial<Settings> = {}): void {
      settings = { ...settings, ...rest };
      if (user) commands.setUser(user);
      if (more) commands.setAttributes(more);
      if (rest.locale) commands.setLocale(rest.locale);
      dress();
      moved();
    },
    show: (): void => at?.visible(true),
    hide(): void {
      close();
      at?.visible(false);
    },
    open: (): void => reveal(true),
    close,
    setUser(user: Identity | null, hash?: string): void {
      identity = user && { ...user, ...(hash && { hash }) };
      tell({ kefu: 'user', identity });
    },
    setLocale(wanted: string): void {
      settings.locale = wanted;
      dress();
      tell({ kefu: 'locale', locale: wanted });
    },
    setAttributes(more: Attributes): void {
      attributes = { ...attributes, ...more };
      tell({ kefu: 'attributes', attributes: more });
    },
    on<N extends EventName>(name: N, listen: (detail: HostEvents[N]) => void): () => void {
      const all = (ears[name] ??= new Set());
      all.add(listen as Hear);
      return () => void all.delete(listen as Hear);
    },
    /** Somebody logged out: forget who it was, here and in the panel. */
    reset(): void {
      identity = null;
      attributes = {};
      anew = !greeted;
      close();
      at?.unread(0);
      tell({ kefu: 'reset' });
      for (const name in below(key(':k:'))) recall('localStorage', key(':k:' + name), null);
    },
    /** Takes everything away; `boot` may bring it back. */
    shutdown(): void {
      close();
      at?.remove();
      at = undefined;
      greeted = false;
    },
    fail: (code: string, message: string): void => emit('error', { code, message }),
  };
  return commands;
}
