import '@kefu/shared/base.css';
import type { ToPanel } from '@kefu/shared/bridge.ts';
import { mount } from 'svelte';
import App from './App.svelte';
import { words } from './i18n/index.ts';
import { Host, hostOrigin } from './state/host.ts';
import { Panel } from './state/panel.svelte.ts';

/** Waits for the loader on the page that the address names; nobody else is listened to. */
function start(target: HTMLElement, origin: string): void {
  const host = new Host(origin);
  let panel: Panel | null = null;
  let early: ToPanel[] = [];
  host.greet((said) => {
    if (panel) return panel.hear(said);
    if (said.kefu !== 'boot') return void early.push(said);
    early = [];
    const own = words();
    const begun = (panel = new Panel(said, host, own));
    void own.use(begun.keep.get('language') ?? said.locale).then(() => {
      mount(App, { target, props: { panel: begun } });
      for (const waiting of early) begun.hear(waiting);
    });
  });
}

const target = document.getElementById('panel');
const origin = hostOrigin(location.hash);
if (target && origin && parent !== window) start(target, origin);
