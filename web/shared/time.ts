/** Times as people say them: relative up to an hour, then the clock, then the date; in the reader's zone. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What `at` looks like from `now`. Both in ms since 1970 or as ISO text. */
export function ago(at: string | number, locale: string, now = Date.now()): string {
  const then = ms(at);
  const past = now - then;
  if (past >= 0 && past < HOUR_MS) {
    // Intl's own "now" and "现在" are not what people say.
    if (past < MINUTE_MS) return locale.startsWith('zh') ? '刚刚' : 'just now';
    return new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }).format(-Math.floor(past / MINUTE_MS), 'minute');
  }
  return sameDay(then, now) ? clock(then, locale) : date(then, locale, now);
}

/** 14:05 or 2:05 PM, as the language has it. */
export function clock(at: string | number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(ms(at));
}

/** Day and month; with the year when it is another one. */
export function date(at: string | number, locale: string, now = Date.now()): string {
  const then = new Date(ms(at));
  const options: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' };
  if (then.getFullYear() !== new Date(now).getFullYear()) options.year = 'numeric';
  return new Intl.DateTimeFormat(locale, options).format(then);
}

/** Yesterday, today or tomorrow, a weekday within the week, then the date. */
export function day(at: string | number, locale: string, now = Date.now()): string {
  const then = ms(at);
  const days = Math.round((midnight(now) - midnight(then)) / (24 * HOUR_MS));
  if (Math.abs(days) <= 1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  if (Math.abs(days) < 7) return new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(then);
  return date(then, locale, now);
}

/** 0:07, 1:12 or 1:02:33, for what is counting. */
export function stopwatch(length_ms: number): string {
  const all_s = Math.max(0, Math.floor(length_ms / 1_000));
  const [hours, minutes, seconds] = [Math.floor(all_s / 3_600), Math.floor(all_s / 60) % 60, all_s % 60];
  const tail = `${hours ? String(minutes).padStart(2, '0') : minutes}:${String(seconds).padStart(2, '0')}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** Both in the same minute of the reader's clock. */
export function sameMinute(one: string | number, other: string | number): boolean {
  return Math.floor(ms(one) / MINUTE_MS) === Math.floor(ms(other) / MINUTE_MS);
}

/** Both on the same day of the reader's calendar. */
export function sameDay(one: string | number, other: string | number): boolean {
  return midnight(ms(one)) === midnight(ms(other));
}

function midnight(at_ms: number): number {
  return new Date(at_ms).setHours(0, 0, 0, 0);
}

function ms(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}
