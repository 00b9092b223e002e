/** The pages of the parts that have several, for whoever may open them: their menus, and what the palette finds. */

export const ADMIN_PAGES = ['agents', 'skills', 'matrix', 'queues', 'replies', 'alerts', 'reports', 'steps', 'simulate', 'shop', 'exchange', 'install'] as const;
export type AdminPage = (typeof ADMIN_PAGES)[number];
export const QUALITY_PAGES = ['todo', 'reviews', 'calibrations', 'follow_ups', 'scorecards', 'rules', 'tags'] as const;
export type QualityPage = (typeof QUALITY_PAGES)[number];

export function admin_pages(leads: boolean): readonly AdminPage[] {
  return leads ? ADMIN_PAGES : ['replies'];
}

export function quality_pages(leads: boolean): readonly QualityPage[] {
  return leads ? QUALITY_PAGES : ['reviews', 'follow_ups'];
}
