/** Combinations as text: `mod+KeyK`, `alt+KeyN`, `KeyJ`, `?`. `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export function combination(event: KeyboardEvent): string {
  if (event.key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey) return '?';
  const mod = IS_MAC ? event.metaKey : event.ctrlKey;
  const parts = [mod && 'mod', event.altKey && 'alt', event.shiftKey && 'shift', event.code];
  return parts.filter(Boolean).join('+');
}

/** Whether a plain letter belongs to what somebody types, not to a shortcut. */
export function is_typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Whether somebody presses something with Enter where the focus is. */
function is_pressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button,a,[role="option"],[role="menuitem"],[role="tab"]') !== null;
}

/** Whether a shortcut hears these keys while `target` has the focus; a field and a button want some for themselves. */
export function is_heard(keys: string, target: EventTarget | null): boolean {
  if (/^(mod|alt)\+/.test(keys)) return true;
  return !is_typing(target) && !(keys === 'Enter' && is_pressable(target));
}

const NAMES: Record<string, string> = { mod: IS_MAC ? '⌘' : 'Ctrl', alt: IS_MAC ? '⌥' : 'Alt', shift: '⇧', Enter: '⏎', ArrowDown: '↓', ArrowUp: '↑' };

/** The keys as they are printed on a keyboard. */
export function caps(keys: string): string[] {
  return keys.split('+').map((key) => NAMES[key] ?? key.replace(/^(Key|Digit)/, ''));
}
