/** `<script async src=".../kefu.js" data-site="KEY">`: one button, and `Kefu(command, …)` on the page. */
import { kefu } from './kefu.ts';

type Call = [command: string, ...args: never[]];
type Queue = ((...call: Call) => unknown) & { q?: ArrayLike<never>[]; live?: true };

const page = window as { Kefu?: Queue };

function start(script: HTMLScriptElement): void {
  const { fail, ...commands } = kefu(new URL(script.src));
  const known = commands as Record<string, (...args: never[]) => unknown>;
  const run: Queue = (command, ...args) =>
    Object.hasOwn(known, command) ? known[command]?.(...args) : fail('unknown_command', command);
  const waiting = page.Kefu?.q ?? [];
  run.live = true;
  page.Kefu = run;
  // What the page asked for before we were here comes first: who the customer is, who listens.
  for (const call of waiting) run(...(Array.from(call) as unknown as Call));
  if (script.dataset['site']) commands.boot({ ...script.dataset });
}

const script = (document.currentScript ?? document.querySelector('script[src*="/kefu.js"]')) as HTMLScriptElement | null;
// A second inclusion finds the first one at work.
if (script && !page.Kefu?.live) start(script);
