/** A cell by its place among the rows and columns that are shown. */
export interface Spot {
  row: number;
  column: number;
}
export interface Rect {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Where one is in a table, and the rectangle from the anchor to there. */
export class Selection {
  at = $state.raw<Spot>({ row: 0, column: 0 });
  anchor = $state.raw<Spot>({ row: 0, column: 0 });
  readonly rect = $derived<Rect>({
    top: Math.min(this.at.row, this.anchor.row),
    bottom: Math.max(this.at.row, this.anchor.row),
    left: Math.min(this.at.column, this.anchor.column),
    right: Math.max(this.at.column, this.anchor.column),
  });
  readonly count = $derived((this.rect.bottom - this.rect.top + 1) * (this.rect.right - this.rect.left + 1));

  /** Goes to a cell within the bounds; keeps the anchor when the selection is drawn out. */
  go(to: Spot, rows: number, columns: number, draws = false): void {
    const clamp = (n: number, end: number) => Math.max(0, Math.min(end - 1, n));
    this.at = { row: clamp(to.row, rows), column: clamp(to.column, columns) };
    if (!draws) this.anchor = this.at;
  }

  /** Selects a rectangle whose last cell one is not taken to. */
  take(rect: Rect): void {
    this.anchor = { row: rect.bottom, column: rect.right };
    this.at = { row: rect.top, column: rect.left };
  }

  /** The columns of a row that are selected: the first and the last, or nothing. */
  in_row(row: number): [number, number] | null {
    return row >= this.rect.top && row <= this.rect.bottom ? [this.rect.left, this.rect.right] : null;
  }
}

const END = Number.MAX_SAFE_INTEGER;
/** By key: how far rows and columns go, and how far with ⌘ or Ctrl. */
const STEPS: Record<string, { by: [number, number]; far: [number, number] }> = {
  ArrowUp: { by: [-1, 0], far: [-END, 0] },
  ArrowDown: { by: [1, 0], far: [END, 0] },
  ArrowLeft: { by: [0, -1], far: [0, -END] },
  ArrowRight: { by: [0, 1], far: [0, END] },
  PageUp: { by: [-10, 0], far: [-10, 0] },
  PageDown: { by: [10, 0], far: [10, 0] },
  Home: { by: [0, -END], far: [-END, -END] },
  End: { by: [0, END], far: [END, END] },
};

/** Where an arrow or jump key leads; null for any other key. */
export function step(key: string, at: Spot, far: boolean): Spot | null {
  const found = STEPS[key]?.[far ? 'far' : 'by'];
  return found ? { row: at.row + found[0], column: at.column + found[1] } : null;
}
