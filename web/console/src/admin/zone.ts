/** Times as the shop's clock shows them; a zone that there is not is none. */

/** `zone` if browsers know it. */
export function known(zone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** 2026-11-25 and 18:05 in a zone. */
export function wall(at_ms: number, zone: string): { date: string; time: string } {
  const shown = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at_ms);
  const [date = '', time = ''] = shown.split(' ');
  return { date, time };
}

/** 2026-11-25 18:05 in a zone; of what began on the same day there only the time. */
export function stamp(at: string, zone: string, since?: string): string {
  const { date, time } = wall(Date.parse(at), zone);
  return since && wall(Date.parse(since), zone).date === date ? time : `${date} ${time}`;
}

/** 18:00 when it is the same day there, Mon 09:00 within the week, else with the date. */
export function moment(at: string, now_ms: number, zone: string, locale: string): string {
  const at_ms = Date.parse(at);
  const there = wall(at_ms, zone);
  if (there.date === wall(now_ms, zone).date) return there.time;
  const is_near = at_ms - now_ms < 6 * 24 * 3_600_000;
  const day = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'short',
    ...(!is_near && { month: 'short', day: 'numeric' }),
  });
  return `${day.format(at_ms)} ${there.time}`;
}

/** Mon, Nov 30 for 2026-11-30. */
export function day_of(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric' }).format(Date.parse(date));
}
