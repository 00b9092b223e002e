/** Three rooms of one house; the script steps between them without loading a page. */
import { pick } from '../catalogue/index';
import type { Language } from '../catalogue/types';
import { room as drawing } from '../art/room';
import { card } from './goods';
import { texts, url, type Page } from './frame';

const ROOMS = {
  kitchen: ['reed-blind', 'reed-tray', 'tea-towels', 'ash-bowl'],
  study: ['bamboo-lantern', 'linen-throw', 'moon-jar', 'mulberry-cushion'],
  tea: ['indigo-runner', 'celadon-cups', 'side-handle-pot', 'osmanthus-incense'],
} as const;

export type Room = keyof typeof ROOMS;
export const roomNames = Object.keys(ROOMS) as Room[];

const path = (name: Room): string => (name === 'kitchen' ? 'rooms/' : `rooms/${name}/`);

export function room(language: Language, name: Room): Page {
  const t = texts[language];
  const words = t.rooms[name];
  const tabs = roomNames
    .map((other) => `<a href="${url(language, path(other))}"${other === name ? ' aria-current="true"' : ''} data-room>${t.rooms[other].title}</a>`)
    .join('');
  return {
    path: path(name), kind: 'rooms', active: 'rooms/', title: `${words.title} · ${t.name}`, description: words.text,
    main: `<section class="wide page-head rooms-head"><div><h1>${t.rooms.title}</h1><p class="lead">${t.rooms.lead}</p></div><nav class="room-tabs" aria-label="${t.rooms.title}">${tabs}</nav></section>
    <section class="wide room"><div class="room-art">${drawing(name)}</div><div class="room-words"><h2>${words.title}</h2><p>${words.text}</p></div></section>
    <section class="wide band-tight"><h2 class="small-head">${t.rooms.inRoom}</h2><ul class="grid">${pick(...ROOMS[name]).map((item) => card(language, item, true)).join('')}</ul></section>`,
  };
}
