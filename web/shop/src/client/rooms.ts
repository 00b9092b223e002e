/** Walking between rooms without loading a page: fetch, swap, remember in the history. */

async function show(address: string): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = next.querySelector('main');
  const here = document.querySelector('main');
  if (!main || !here) throw new Error('This page has no main part.');
  document.title = next.title;
  here.replaceChildren(...main.childNodes);
  const language = document.querySelector<HTMLAnchorElement>('.language');
  const other = next.querySelector<HTMLAnchorElement>('.language');
  if (language && other) language.href = other.href;
}

export function rooms(): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-room]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href).then(
      () => {
        history.pushState(null, '', link.href);
        document.querySelector<HTMLElement>('.room-tabs [aria-current]')?.focus({ preventScroll: true });
      },
      () => location.assign(link.href),
    );
  });
  addEventListener('popstate', () => {
    show(location.href).catch(() => location.reload());
  });
}
