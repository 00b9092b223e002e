import { beforeEach, describe, expect, test } from 'vitest';
import { CAPACITY, Matrix } from '../src/admin/matrix/model.svelte.ts';
import { Sheet } from '../src/admin/matrix/sheet.svelte.ts';
import { read_cells, read_number, write_cells } from '../src/admin/matrix/table_text.ts';
import type { AgentRecord, Role, SkillRecord } from '../src/admin/records.ts';
import { console_words } from '../src/i18n/index.ts';

const SKILLS: SkillRecord[] = ['tea', 'cups', 'zh'].map((key) => ({ id: key, key, name: key, kind: 'skill' }));

function agent(name: string, levels: Record<string, number> = {}, more: Partial<AgentRecord> = {}): AgentRecord {
  const skills = Object.entries(levels).map(([skill, level]) => ({ skill, level }));
  const plain = { role: 'agent' as Role, capacity: 3, status: 'available' as const, active: true, online: true };
  return { id: name, name, email: `${name}@shop.example`, ...plain, skills, ...more };
}

let matrix: Matrix;
let sheet: Sheet;
const keys = (...pressed: string[]) => {
  for (const one of pressed) {
    const parts = one.split('+');
    sheet.press(parts.at(-1) ?? '', { mod: parts.includes('mod'), shift: parts.includes('shift') });
  }
};
const both = (one = matrix) => one.contested.map(({ row, column, value, was }) => [row.id, column, value, was]);
const shown = () => sheet.rows.map((row) => sheet.columns.map((column) => row.of(column)).join(' '));

beforeEach(() => {
  const agents = [agent('Ann', { tea: 3 }), agent('Bob', { cups: 2 }), agent('Cai', { tea: 5, zh: 5 }), agent('Gone', {}, { active: false })];
  matrix = new Matrix(agents, SKILLS, true);
  sheet = new Sheet(matrix, console_words());
});

describe('the skills matrix', () => {
  test('shows those in service by name, capacity first', () => {
    expect(shown()).toEqual(['3 3 0 0', '3 0 2 0', '3 5 0 5']);
  });

  test('a digit fills the rectangle that Shift and arrows drew, and one undo takes it back', () => {
    keys('ArrowRight', 'shift+ArrowRight', 'shift+ArrowDown', '4');
    expect(shown()).toEqual(['3 4 4 0', '3 4 4 0', '3 5 0 5']);
    expect([matrix.changes.length, matrix.changed_agents]).toEqual([4, 2]);
    keys('mod+z');
    expect(matrix.changes).toEqual([]);
    keys('mod+shift+z');
    expect(matrix.changes).toHaveLength(4);
  });

  test('six is no level, and Delete takes a skill away', () => {
    keys('ArrowRight', '6');
    expect(matrix.changes).toEqual([]);
    keys('Delete');
    expect(matrix.patch()).toEqual({ changes: [{ agent: 'Ann', skill: 'tea', level: 0, was: 3 }], capacities: [] });
  });

  test('digits make a number in the column of capacities', () => {
    keys('1', '2');
    expect(matrix.patch()).toEqual({ changes: [], capacities: [{ agent: 'Ann', capacity: 12, was: 3 }] });
    keys('5');
    expect(matrix.rows[0]?.of(CAPACITY)).toBe(5);
    keys('ArrowDown', '0', '7');
    expect(matrix.rows[1]?.of(CAPACITY)).toBe(7);
  });

  test('jumps stay inside, and the selection too when fewer rows are shown', () => {
    keys('mod+End');
    expect(sheet.selection.at).toEqual({ row: 2, column: 3 });
    keys('ArrowDown', 'ArrowRight');
    expect(sheet.selection.at).toEqual({ row: 2, column: 3 });
    sheet.people = 'bob';
    sheet.skill = 'CUPS';
    sheet.fit();
    expect(sheet.selection.at).toEqual({ row: 0, column: 1 });
    keys('5');
    expect(matrix.changes.map(({ row, column, value }) => [row.id, column, value])).toEqual([['Bob', 'cups', 5]]);
  });

  test('rows are put in order by a level and do not move while it is edited', () => {
    sheet.sort('tea');
    expect(sheet.rows.map(({ id }) => id)).toEqual(['Cai', 'Ann', 'Bob']);
    keys('ArrowRight', '1');
    expect(sheet.rows.map(({ id }) => id)).toEqual(['Cai', 'Ann', 'Bob']);
  });

  test('what was copied is pasted, from a spreadsheet too; what is no level stays and is counted', () => {
    keys('ArrowRight', 'shift+ArrowRight', 'shift+ArrowDown');
    expect(sheet.copy()).toBe('3\t\n\t2');
    sheet.go({ row: 1, column: 2 });
    expect(sheet.paste('4\tx\r\n9\t"1"\r\n')).toBe(2);
    expect(shown()).toEqual(['3 3 0 0', '3 0 4 0', '3 5 0 1']);
    expect(sheet.selection.rect).toEqual({ top: 1, bottom: 2, left: 2, right: 3 });
    sheet.paste('5');
    expect(shown().slice(1)).toEqual(['3 0 5 5', '3 5 5 5']);
  });

  test('where somebody else was quicker the draft stands, marked, until one of the two is chosen', () => {
    keys('ArrowRight', '4');
    matrix.stale([{ agent: 'Ann', skill: 'tea', now: 1 }]);
    expect(both()).toEqual([['Ann', 'tea', 4, 1]]);
    matrix.take_theirs();
    expect([shown()[0], both(), matrix.changes]).toEqual(['3 1 0 0', [], []]);
    keys('mod+z');
    expect(both()).toEqual([['Ann', 'tea', 4, 1]]);
    matrix.keep_mine();
    expect([both(), matrix.patch()]).toEqual([[], { changes: [{ agent: 'Ann', skill: 'tea', level: 4, was: 1 }], capacities: [] }]);
  });

  test('whoever types what the other one set has decided, and may then change it as any other', () => {
    keys('ArrowRight', '4');
    matrix.stale([{ agent: 'Ann', skill: 'tea', now: 1 }]);
    keys('5');
    expect(both()).toEqual([['Ann', 'tea', 5, 1]]);
    keys('1');
    expect([both(), matrix.changes]).toEqual([[], []]);
    keys('3');
    expect([both(), matrix.changes.length]).toEqual([[], 1]);
  });

  test('what is not decided stays so over a reload', () => {
    keys('ArrowRight', '4');
    matrix.stale([{ agent: 'Ann', skill: 'tea', now: 1 }]);
    const later = new Matrix([agent('Ann', { tea: 1 })], SKILLS, true);
    later.resume(matrix.kept());
    expect(both(later)).toEqual([['Ann', 'tea', 4, 1]]);
  });

  test('a draft is taken up again, and says what was changed since', () => {
    keys('ArrowRight', '4', 'ArrowDown', '2');
    const draft = matrix.kept();
    const later = new Matrix([agent('Ann', { tea: 1 }), agent('Bob', { cups: 2 })], SKILLS, true);
    later.resume([...draft, ['Nobody', 'tea', 5, 0], ['Ann', 'no skill', 5, 0]]);
    expect(later.changes.map(({ row, value, was }) => [row.id, value, was])).toEqual([['Ann', 4, 1], ['Bob', 2, 0]]);
    expect(both(later)).toEqual([['Ann', 'tea', 4, 1]]);
  });

  test('administrators are changed by administrators only', () => {
    const boss = new Matrix([agent('Boss', {}, { role: 'admin' })], SKILLS, false);
    expect(boss.write([{ row: boss.rows[0]!, column: 'tea', value: 3 }])).toBe(0); // eslint-disable-line @typescript-eslint/no-non-null-assertion
  });

  test('what was saved is what is stored', () => {
    keys('ArrowRight', '4');
    matrix.saved([{ agent: 'Ann', capacity: 8, skills: [{ skill: 'tea', level: 4 }] }]);
    expect([shown()[0], matrix.changes.length, matrix.can_undo]).toEqual(['8 4 0 0', 0, false]);
  });
});

describe('cells as text', () => {
  test('are read with quotes and any line ends', () => {
    expect(read_cells('a\t"b\n""c"""\r\n\t\r\n')).toEqual([['a', 'b\n"c"'], ['', '']]);
    expect(write_cells([[1, 0], [5, 2]])).toBe('1\t\n5\t2');
    expect(['3', ' 4 ', '', '–', '2.0', 'x', '-1', '1.5'].map(read_number)).toEqual([3, 4, 0, 0, 2, NaN, NaN, NaN]);
  });
});
