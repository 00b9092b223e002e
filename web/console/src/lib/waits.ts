/** How patient a wait still is. The shop's limits decide; these stand where it set none. */
export type Patience = 'calm' | 'notice' | 'urgent';

const NOTICE_S = 60;
const URGENT_S = 180;

export function patience(waited_s: number, limits: Record<string, number> = {}): Patience {
  if (waited_s >= (limits['wait_urgent_s'] ?? URGENT_S)) return 'urgent';
  return waited_s >= (limits['wait_notice_s'] ?? NOTICE_S) ? 'notice' : 'calm';
}
