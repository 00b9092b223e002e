/** The three people who shop here. The demo server knows the same ids. */
import type { Both } from './types';

export interface Customer {
  id: string;
  name: string;
  initial: string;
  email: string;
  since: number;
  ground: string;
  about: Both;
  address: Both;
  orders: { number: string; placed: string; state: 'on_the_way' | 'delivered' | 'returned' | 'packed'; items: [slug: string, quantity: number][] }[];
}

export const customers: Customer[] = [
  {
    id: 'wang-fang', name: '王芳', initial: '芳', email: 'wang.fang@example.com', since: 2021, ground: 'moss',
    about: { en: 'Hangzhou. Drinks tea, breaks cups.', zh: '杭州，爱喝茶，常打碎杯子。' },
    address: { en: '18 Lane, Hefang Street, Hangzhou', zh: '杭州市上城区河坊街 18 弄 6 号' },
    orders: [
      { number: 'WR-20417', placed: '2026-07-02', state: 'on_the_way', items: [['celadon-cups', 1], ['longjing', 2]] },
      { number: 'WR-19832', placed: '2026-04-18', state: 'delivered', items: [['side-handle-pot', 1]] },
    ],
  },
  {
    id: 'tom-reed', name: 'Tom Reed', initial: 'T', email: 'tom.reed@example.com', since: 2023, ground: 'clay',
    about: { en: 'Bristol. No relation to the shop.', zh: '布里斯托，和店名里的“苇”没有亲戚关系。' },
    address: { en: '4 Cumberland Basin, Bristol', zh: 'Bristol, 4 Cumberland Basin' },
    orders: [
      { number: 'WR-20398', placed: '2026-06-28', state: 'packed', items: [['reed-blind', 2]] },
      { number: 'WR-19120', placed: '2026-01-11', state: 'returned', items: [['mulberry-cushion', 1]] },
      { number: 'WR-18004', placed: '2025-09-30', state: 'delivered', items: [['market-basket', 1], ['tea-towels', 2]] },
    ],
  },
  {
    id: 'amina-diallo', name: 'Amina Diallo', initial: 'A', email: 'amina.diallo@example.com', since: 2025, ground: 'dusk',
    about: { en: 'Lyon. Furnishing a first flat.', zh: '里昂，正在布置第一个家。' },
    address: { en: '22 rue du Bœuf, Lyon', zh: 'Lyon, 22 rue du Bœuf' },
    orders: [{ number: 'WR-20305', placed: '2026-06-09', state: 'delivered', items: [['linen-throw', 1], ['beeswax-candles', 1], ['ash-bowl', 2]] }],
  },
];
