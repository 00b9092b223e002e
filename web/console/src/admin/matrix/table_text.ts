/** What a spreadsheet copies: rows of cells between tabs; cells with line breaks or quotes stand in quotes. */
export function read_cells(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const end_cell = () => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  const plain = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  for (let i = 0; i < plain.length; i++) {
    const c = plain[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (plain[i + 1] === '"') cell += plain[i++] ?? '';
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === '\t') end_cell();
    else if (c === '\n') {
      end_cell();
      rows.push([]);
    } else cell += c;
  }
  end_cell();
  return rows;
}

export function write_cells(rows: readonly (readonly number[])[]): string {
  return rows.map((row) => row.map((value) => (value === 0 ? '' : String(value))).join('\t')).join('\n');
}

/** The number in a pasted cell; an empty one is 0, anything else that is no whole number is NaN. */
export function read_number(cell: string): number {
  const text = cell.trim();
  if (text === '' || text === '-' || text === '–') return 0;
  return /^\d{1,3}([.,]0+)?$/.test(text) ? Number.parseInt(text, 10) : NaN;
}
