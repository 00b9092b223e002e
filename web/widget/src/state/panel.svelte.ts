/** The panel as a whole: what is in view, in which language, and what the shop's page asks of it. */
import { applyAccent } from '@kefu/shared/accent.ts';
import type { Boot, ToPanel } from '@kefu/shared/bridge.ts';
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import { kept, MemoryKeep, type Keep } from '@kefu/shared/keep.ts';
import type { Conversation } from '@kefu/shared/protocol.gen.ts';
import type { Options } from '@kefu/shared/socket.svelte.ts';
import { createContext } from 'svelte';
import type { Key } from '../i18n/index.ts';
import type { Host } from './host.ts';
import { Session } from './session.svelte.ts';
import { Sound } from './sound.ts';
import { Talks } from './talks.svelte.ts';

export type View = { name: 'home' } | { name: 'talk'; topic: string | null } | { name: 'earlier'; id: string };

export const [getPanel, setPanel] = createContext<Panel>();

export class Panel {
  view = $state.raw<View>({ name: 'home' });
  /** Whether the customer has the panel open. */
  open = $state(false);
  /** Whether the page is in front of somebody's eyes. */
  visible = $state(document.visibilityState === 'visible');
  sound = $state(true);
  /** Counts requests to put the cursor where one writes. */
  focus = $state(0);
  readonly session: Session;
  readonly talks: Talks;
  readonly words: I18n<Key>;
  readonly keep: Keep;
  readonly host: Host;
  readonly #noise = new Sound();
  /** The customer chose to be at home. */
  #moved = false;

  constructor(boot: Boot, host: Host, words: I18n<Key>, wire?: Options['wire']) {
    this.host = host;
    this.words = words;
    const own = kept(`kefu-panel:${boot.site}:`);
    // Where the browser blocks a frame's storage, the shop's page keeps it for us.
    this.keep = own instanceof MemoryKeep
      ? new MemoryKeep(boot.kept, (key, value) => host.tell({ kefu: 'keep', key, value }))
      : own;
    this.open = boot.open;
    this.sound = this.keep.get('sound') !== 'off';
    this.session = new Session(boot, this.keep, (owner, bring) => this.#changeOwner(owner, bring), wire);
    this.talks = new Talks(this.session, this.keep, host);
    this.talks.heard = () => {
      if (this.sound && !(this.open && this.visible && document.hasFocus())) this.#noise.play();
    };
    this.talks.resumed = () => this.#toTalk();
    document.addEventListener('visibilitychange', () => {
      this.visible = document.visibilityState === 'visible';
    });
    $effect.root(() => {
      $effect(() => host.tell({ kefu: 'unread', count: this.talks.unread }));
      $effect(() => this.#dress());
      $effect(() => this.#line());
    });
    this.session.line.connect();
  }

  readonly t: I18n<Key>['t'] = (key, values) => this.words.t(key, values);

  /** Does what the shop's page asks. */
  hear(said: ToPanel): void {
    if (said.kefu === 'open') this.#opened(said.focus);
    else if (said.kefu === 'close') this.open = this.#moved = false;
    else if (said.kefu === 'user') this.session.user(said.identity);
    else if (said.kefu === 'reset') this.session.reset();
    else if (said.kefu === 'attributes') this.session.attributes(said.attributes);
    else if (said.kefu === 'page') this.session.page(said.page);
    else if (said.kefu === 'locale') void this.speak(said.locale, false);
  }

  /** Switches the language; `chosen` by the customer here, it is remembered. */
  async speak(locale: string, chosen: boolean): Promise<void> {
    if (chosen) this.keep.set('language', locale);
    else this.keep.remove('language');
    await this.words.use(locale).catch(() => {}); // not to be had now: the panel goes on in the language it has
    this.session.locale(locale);
  }

  talk(topic: string | null = null): void {
    if (!this.talks.isOpen) this.talks.startAgain();
    this.view = { name: 'talk', topic };
    this.focus += 1;
  }

  /** Begins anew, as the first time: what it is about is asked again, for it decides who answers. */
  again(): void {
    if (this.talks.isOpen) return this.resume();
    if (!this.session.shop?.topics.length) return this.talk();
    this.talks.startAgain();
    this.home();
    this.focus += 1;
  }

  resume(): void {
    this.view = { name: 'talk', topic: null };
    this.focus += 1;
  }

  look(conversation: Conversation): void {
    this.talks.threadOf(conversation.id);
    this.view = { name: 'earlier', id: conversation.id };
    void this.talks.read(conversation);
  }

  home(): void {
    this.#moved = true;
    this.view = { name: 'home' };
  }

  say(text: string, topic: string | null = null): void {
    this.talks.say(text, topic);
    if (this.view.name !== 'talk') this.resume();
  }

  setSound(on: boolean): void {
    this.sound = on;
    this.keep.set('sound', on ? 'on' : 'off');
    if (on) this.#noise.play();
  }

  close(): void {
    this.host.tell({ kefu: 'close' });
  }

  #opened(focus: boolean): void {
    this.open = true;
    this.#toTalk();
    if (focus) this.focus += 1;
  }

  /** Who comes back is taken to where they left off, unless they have gone elsewhere since. */
  #toTalk(): void {
    const { current, isOpen } = this.talks;
    if (this.#moved || !this.open || this.view.name !== 'home' || !current) return;
    if (isOpen || !current.rating) this.view = { name: 'talk', topic: null };
  }

  #dress(): void {
    const accent = this.session.shop?.accent;
    if (!accent) return;
    applyAccent(accent);
    this.host.tell({ kefu: 'accent', accent });
  }

  #line(): void {
    const { ended } = this.session.line;
    if (ended) this.host.emit('error', { code: ended.code, message: ended.message });
  }

  #changeOwner(owner: string, bring: boolean): void {
    const { keep } = this; // `outbox::` is what a stranger said and nobody has stored yet
    if (!bring) for (const key of [...keep.keys('draft:'), ...keep.keys('outbox::'), 'left']) keep.remove(key);
    // At the very start there are no talks yet, and nothing to forget.
    (this.talks as Talks | undefined)?.belongTo(owner, bring);
    if (!bring) this.view = { name: 'home' };
  }
}
