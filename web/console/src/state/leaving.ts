import type { App, Seat } from './app.svelte';
import type { Book } from './book.svelte';

/** How many customers would have to wait again. */
export function open_count(book: Pick<Book, 'mine'>): number {
  return book.mine.filter((one) => one.state === 'active').length;
}

/** Signs out, or asks first when there are customers in hand, or something unsaved. */
export function begin_to_leave(app: Pick<App, 'surface' | 'session' | 'route'>, seat: Pick<Seat, 'desk'>): void {
  app.surface.hide();
  app.route.leave(() => {
    if (open_count(seat.desk.book) > 0) app.surface.show('leave');
    else void app.session.sign_out();
  });
}
