import { expect, test } from 'vitest';
import { Book } from '../src/state/book.svelte.ts';
import { load_of } from '../src/state/load.ts';
import { Offers } from '../src/state/offers.svelte.ts';
import { conversation, FakeLine, ME, offer } from './fake_line.ts';

test('places are counted as the server does: what is offered holds them until it is answered', () => {
  const [book, offers] = [new Book(), new Offers(new FakeLine())];
  const load = () => load_of({ book, offers });
  book.me = ME.id;
  book.put(conversation('c1'));
  offers.made(offer('o2', conversation('c2', { state: 'offered', agent: null, units: 2 })));
  expect(load()).toEqual({ taken: 3, asked: 2 });
  book.put(conversation('c2', { epoch: 2, units: 2 }));
  expect(load(), 'taken once, not twice').toEqual({ taken: 3, asked: 0 });
  offers.ended({ offer: 'o2', conversation: 'c2', reason: 'accepted' });
  expect(load()).toEqual({ taken: 3, asked: 0 });
});
