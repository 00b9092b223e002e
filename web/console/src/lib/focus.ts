const INSIDE = 'a[href],button:not(:disabled),input:not(:disabled),select:not(:disabled),textarea:not(:disabled),[tabindex="0"]';

/** Keeps the focus inside `node` while it is there, and gives it back where it was afterwards. */
export function trap(node: HTMLElement) {
  const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const first = node.querySelector<HTMLElement>('[data-autofocus]') ?? inside(node)[0];
  first?.focus({ preventScroll: true });

  const turn = (event: KeyboardEvent) => {
    if (event.key !== 'Tab') return;
    const all = inside(node);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  };
  node.addEventListener('keydown', turn);
  return () => {
    node.removeEventListener('keydown', turn);
    const gone = !document.activeElement || document.activeElement === document.body;
    if (before?.isConnected && (gone || node.contains(document.activeElement))) before.focus();
  };
}

/** Moves between the elements that fit `selector` with the arrow keys, Home and End. */
export function arrows(selector: string) {
  return (node: HTMLElement) => {
    const move = (event: KeyboardEvent) => {
      const all = [...node.querySelectorAll<HTMLElement>(selector)];
      const at = all.indexOf(document.activeElement as HTMLElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined || all.length === 0) return;
      event.preventDefault();
      all[(to + all.length) % all.length]?.focus();
    };
    node.addEventListener('keydown', move);
    return () => node.removeEventListener('keydown', move);
  };
}

function inside(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>(INSIDE)].filter((one) => one.offsetParent !== null);
}
