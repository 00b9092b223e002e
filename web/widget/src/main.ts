import '@kefu/shared/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { words } from './i18n/index.ts';
import { Host, hostOrigin } from './state/host.ts';
import { Panel } from './state/panel.svelte.ts';

const AGAIN_MS = 3_000;

/** Waits for the loader on the page that the address names; nobody else is listened to. */
function start(target: HTMLElement, origin: string): void {
  const host = new Host(origin);
  let panel: Panel | null = null;
  host.greet((said) => {
    if (panel) return panel.hear(said);
    if (said.kefu !== 'boot') return; // which tells everything that was said before
    const own = words();
    const begun = (panel = new Panel(said, host, own));
    own.use(begun.keep.get('language') ?? said.locale).then(
      () => mount(App, { target, props: { panel: begun } }),
      () => setTimeout(() => location.reload(), AGAIN_MS), // nobody may be left before an empty panel
    );
  });
}

const target = document.getElementById('panel');
const origin = hostOrigin(location.hash);
if (target && origin && parent !== window) start(target, origin);
