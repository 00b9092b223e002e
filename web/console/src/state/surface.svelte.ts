export type Layer = 'palette' | 'shortcuts' | 'transfer' | 'assign' | 'priority' | 'take_over' | 'requeue' | 'overrule' | 'close' | 'task' | 'menu' | 'customer' | 'leave';

/** What lies over the page, and where the focus should go next. One layer at a time. */
export class Surface {
  layer = $state<Layer | null>(null);
  /** Grows when the composer should take the focus. */
  composer_wanted = $state(0);

  show(layer: Layer): void {
    this.layer = layer;
  }

  toggle(layer: Layer): void {
    this.layer = this.layer === layer ? null : layer;
  }

  hide(layer?: Layer): void {
    if (!layer || this.layer === layer) this.layer = null;
  }

  focus_composer(): void {
    this.composer_wanted++;
  }
}
