import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key, Values } from '../../i18n';
import type { Role, SkillRecord } from '../records';
import { CAPACITY, type Edit, is_possible, LEVEL_MAX, type Matrix, type Row } from './model.svelte';
import { Selection, type Spot, step } from './selection.svelte';
import { read_cells, read_number, write_cells } from './table_text';

/** The matrix as one looks at it: which rows and columns, in what order, what is selected, what was just done. */
export class Sheet {
  readonly selection = new Selection();
  people = $state('');
  skill = $state('');
  role = $state<Role | ''>('');
  /** By whose level rows stand; empty: by name. */
  sorted_by = $state('');
  /** What was just done, for those who listen. */
  said = $state('');
  /** The order of all rows. It stays while levels change: nothing moves under the hand. */
  #order = $state.raw<readonly Row[]>([]);
  /** The capacity that is being typed digit by digit. */
  #typed: { spot: Spot; digits: string } | null = null;

  readonly rows = $derived.by(() => {
    const wanted = this.people.trim().toLowerCase();
    return this.#order.filter(
      ({ agent }) => (!this.role || agent.role === this.role) && (!wanted || `${agent.name}\n${agent.email}`.toLowerCase().includes(wanted)),
    );
  });
  readonly skills: readonly SkillRecord[] = $derived.by(() => {
    const wanted = this.skill.trim().toLowerCase();
    return this.matrix.skills.filter(({ name, key }) => !wanted || `${name}\n${key}`.toLowerCase().includes(wanted));
  });
  readonly columns = $derived([CAPACITY, ...this.skills.map(({ id }) => id)]);

  constructor(
    readonly matrix: Matrix,
    private readonly words: I18n<Key>,
  ) {
    this.sort('');
  }

  /** Puts rows in order, of a skill's level or by name. */
  sort(column: string): void {
    this.sorted_by = column;
    const by_name = (a: Row, b: Row) => a.agent.name.localeCompare(b.agent.name, this.words.locale, { numeric: true });
    const by_level = (a: Row, b: Row) => b.of(column) - a.of(column) || by_name(a, b);
    this.#order = [...this.matrix.rows].sort(column ? by_level : by_name);
  }

  /** Keeps the selection inside what is shown. */
  fit(): void {
    const { at, anchor } = this.selection;
    if (at.row >= this.rows.length || at.column >= this.columns.length || anchor.row >= this.rows.length || anchor.column >= this.columns.length)
      this.go(at);
  }

  go(to: Spot, draws = false): void {
    this.#typed = null;
    this.selection.go(to, this.rows.length, this.columns.length, draws);
  }

  /** Does what a key stands for; tells whether it stands for anything. */
  press(key: string, { mod, shift }: { mod: boolean; shift: boolean }): boolean {
    const to = step(key, this.selection.at, mod);
    if (to) return this.go(to, shift), true;
    if (mod) return this.#command(key.toLowerCase(), shift);
    if (/^\d$/.test(key)) return this.digit(Number(key)), true;
    if (key === 'Delete' || key === 'Backspace') return this.clear(), true;
    if (key === 'Enter') return this.go({ ...this.selection.at, row: this.selection.at.row + (shift ? -1 : 1) }), true;
    if (key === 'Escape' && this.selection.count > 1) return this.go(this.selection.at), true;
    return false;
  }

  /** Fills what is selected with a level; in the column of capacities digits make a number. */
  digit(digit: number): void {
    const { left, right } = this.selection.rect;
    if (left === 0 && right === 0) this.#room(digit);
    else if (digit <= LEVEL_MAX) this.fill(digit);
  }

  fill(level: number): void {
    const cells = this.#selected().filter(({ column }) => column !== CAPACITY);
    this.#say('matrix.filled', this.matrix.write(cells.map((cell) => ({ ...cell, value: level }))), { level });
  }

  /** Takes skills away; a capacity becomes what is stored. */
  clear(): void {
    this.#typed = null;
    const cells = this.#selected().map(({ row, column }) => ({ row, column, value: column === CAPACITY ? row.was(column) : 0 }));
    this.#say('matrix.cleared', this.matrix.write(cells));
  }

  copy(): string {
    const { top, bottom, left, right } = this.selection.rect;
    const columns = this.columns.slice(left, right + 1);
    return write_cells(this.rows.slice(top, bottom + 1).map((row) => columns.map((column) => row.of(column))));
  }

  /** Puts in what was copied, here or in a spreadsheet; one value fills all that is selected. Returns how many cells were no levels. */
  paste(text: string): number {
    const given = read_cells(text);
    const { top, left } = this.selection.rect;
    const one = given.length === 1 && given[0]?.length === 1;
    const edits = one
      ? this.#selected().map((cell) => ({ ...cell, value: read_number(given[0]?.[0] ?? '') }))
      : given.flatMap((cells, i) => cells.flatMap((cell, j) => this.#edit(top + i, left + j, read_number(cell))));
    const wrong = edits.filter(({ column, value }) => !is_possible(column, value)).length;
    const done = this.matrix.write(edits);
    if (!one) this.#take(given);
    this.#say('matrix.pasted', done);
    return wrong;
  }

  undo(): void {
    this.#say('matrix.undone', this.matrix.undo());
  }

  redo(): void {
    this.#say('matrix.redone', this.matrix.redo());
  }

  #command(key: string, shift: boolean): boolean {
    if (key === 'z' && !shift) this.undo();
    else if (key === 'y' || key === 'z') this.redo();
    else if (key === 'a') this.selection.take({ top: 0, bottom: this.rows.length - 1, left: 1, right: this.columns.length - 1 });
    else return false;
    return true;
  }

  #room(digit: number): void {
    const spot = this.selection.at;
    const before = this.#typed?.spot === spot ? this.#typed.digits : '';
    const longer = is_possible(CAPACITY, Number(before + digit)) ? before + digit : String(digit);
    if (!is_possible(CAPACITY, Number(longer))) return;
    this.#typed = { spot, digits: longer };
    const cells = this.#selected().map((cell) => ({ ...cell, value: Number(longer) }));
    this.#say('matrix.filled', this.matrix.write(cells), { level: Number(longer) });
  }

  #selected(): { row: Row; column: string }[] {
    const { top, bottom, left, right } = this.selection.rect;
    const columns = this.columns.slice(left, right + 1);
    return this.rows.slice(top, bottom + 1).flatMap((row) => columns.map((column) => ({ row, column })));
  }

  #edit(i: number, j: number, value: number): Edit[] {
    const [row, column] = [this.rows[i], this.columns[j]];
    return row && column ? [{ row, column, value }] : [];
  }

  #take(given: string[][]): void {
    const { top, left } = this.selection.rect;
    const width = Math.max(...given.map((cells) => cells.length));
    this.selection.take({
      top,
      left,
      bottom: Math.min(this.rows.length - 1, top + given.length - 1),
      right: Math.min(this.columns.length - 1, left + width - 1),
    });
  }

  #say(key: Key, count: number, more: Values = {}): void {
    this.said = count ? this.words.t(key, { count, ...more }) : this.words.t('matrix.nothing');
  }
}
