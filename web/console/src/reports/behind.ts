/** Which rows a figure opens: those of its line and its days, or of the days before. */
import type { Line, Report } from './records';

export type When = 'now' | 'before';
const DAY_MS = 86_400_000;
/** What is asked of a report and not of rows. */
const OF_REPORTS = new Set(['level', 'compare']);

/** The question for the rows of a line, or of all together; `query` is that of the report. */
export function rows_query(query: Record<string, string>, report: Report, line: Line | null, when: When): Record<string, string> {
  const asked = Object.fromEntries(Object.entries(query).filter(([name]) => !OF_REPORTS.has(name)));
  const days = when === 'before' && report.before ? report.before : report.period;
  return { ...asked, first: days.first, last: days.last, ...key_of(query['by'], report, line, when) };
}

function key_of(by: string | undefined, report: Report, line: Line | null, when: When): Record<string, string> {
  if (line === null || line === report.total) return {};
  if (typeof line.key !== 'string') return { none: 'true' };
  return { key: by === 'day' && when === 'before' ? day_before(report, line.key) : line.key };
}

/** The day that a day is compared with. */
function day_before({ period, before }: Report, day: string): string {
  const by_ms = before ? Date.parse(period.first) - Date.parse(before.first) : 0;
  return new Date(Math.round((Date.parse(day) - by_ms) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}
