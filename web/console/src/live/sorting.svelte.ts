/** By which column rows are sorted, and whether the other way round. */
export class Sorting<K extends string> {
  by: K = $state() as K;
  is_reversed = $state(false);

  constructor(
    private readonly usual: K,
    private readonly known: readonly K[] = [usual],
  ) {
    this.by = usual;
  }

  /** Sorts by a column; the same column again turns the rows round. */
  turn(by: K): void {
    this.is_reversed = by === this.by && !this.is_reversed;
    this.by = by;
  }

  /** What a column's header says of itself to who cannot see it. */
  said(by: K): 'ascending' | 'descending' | 'none' {
    if (by !== this.by) return 'none';
    return this.is_reversed ? 'descending' : 'ascending';
  }

  saved(): [by: string, is_reversed: boolean] {
    return [this.by, this.is_reversed];
  }

  /** Sorts as it was saved; as usual by a column that is no more. */
  take([by, is_reversed]: [by: string, is_reversed: boolean] = [this.usual, false]): void {
    this.by = this.known.find((one) => one === by) ?? this.usual;
    this.is_reversed = is_reversed;
  }
}
