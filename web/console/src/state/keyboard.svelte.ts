import { is_heard } from '../lib/keys';

/** Where the keys go: what has the focus, and whether there is a keyboard to speak of. */
export class Keyboard {
  #focused = $state.raw<EventTarget | null>(document.activeElement);
  readonly #touch = matchMedia('(hover: none) and (pointer: coarse)');
  /** A phone or tablet: no key is named there. */
  #has_keys = $state(!this.#touch.matches);

  /** Follows the focus; returns what stops that. */
  listen(): () => void {
    // Afterwards: what loses the focus may be leaving the page just now, in the middle of a change to it.
    const moved = () => queueMicrotask(() => (this.#focused = document.activeElement));
    const changed = () => (this.#has_keys = !this.#touch.matches);
    document.addEventListener('focusin', moved);
    document.addEventListener('focusout', moved);
    this.#touch.addEventListener('change', changed);
    return () => {
      document.removeEventListener('focusin', moved);
      document.removeEventListener('focusout', moved);
      this.#touch.removeEventListener('change', changed);
    };
  }

  /** The first of these combinations that does something now; nothing where nobody has keys. */
  working(combinations: readonly string[]): string | undefined {
    return this.#has_keys ? combinations.find((keys) => is_heard(keys, this.#focused)) : undefined;
  }
}
