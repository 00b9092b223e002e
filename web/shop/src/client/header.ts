/** Theme, basket count and who is signed in. */
import { basket, keepTheme, who } from './kept';

const root = document.documentElement;
const isDark = (): boolean => (root.dataset['theme'] ? root.dataset['theme'] === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);

export function showCount(): void {
  for (const badge of document.querySelectorAll<HTMLElement>('[data-basket-count]')) {
    const count = basket.count();
    badge.textContent = String(count);
    badge.hidden = count === 0;
  }
}

export function header(): void {
  const toggle = document.querySelector('[data-theme-toggle]');
  const press = (): void => toggle?.setAttribute('aria-pressed', String(isDark()));
  press();
  toggle?.addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    root.dataset['theme'] = next;
    keepTheme(next);
    press();
  });
  const name = document.querySelector<HTMLElement>('[data-account-name]');
  const known = who.read();
  if (name && known) name.textContent = known.identity.name;
  showCount();
  addEventListener('storage', showCount);
}
