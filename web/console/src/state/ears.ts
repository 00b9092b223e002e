import { customer_name } from '../lib/customer';
import { said } from '../lib/alert_words';
import { moment } from '../tasks/times';
import type { Offer, Task } from '../wire';
import type { App } from './app.svelte';
import type { Desk, DeskEars } from './desk.svelte';
import type { Tasks } from './tasks.svelte';

/** What the page does when something happens at the desk: words, a sound, a notification. */
export function desk_ears(app: App, desk: () => Desk, tasks: Tasks): DeskEars {
  const who = (offer: Offer) => customer_name(app, offer.conversation.visitor);
  const notify = (task: Task, key: 'task.reminded' | 'task.came_due') => {
    const values = { text: task.text.slice(0, 60), when: moment(task.due_at, app.clock.now, app.words.locale) };
    app.alerts.sound('offer');
    app.alerts.notify(`task:${task.id}`, app.t(`task.kind.${task.kind}`), app.t(key, values), () => app.route.tasks());
    app.notices.say(key, values, 'warning', task.due_conversation ?? task.conversation);
  };
  return {
    began() {
      void tasks.load();
    },
    task(news, task) {
      tasks.heard(task);
      if (news === 'reminded') notify(task, 'task.reminded');
      if (news === 'due') notify(task, 'task.came_due');
    },
    offered(offer) {
      app.alerts.sound('offer');
      app.alerts.notify(offer.offer, app.t('alert.offer', { name: who(offer) }), offer.why.sentence, () =>
        app.route.conversation(null),
      );
    },
    offer_ended(offer, { reason, by }) {
      const name = who(offer);
      const asked = offer.conversation.handover;
      if (by && by !== desk().me?.name) app.notices.say('offer.taken', { name, by });
      else if (reason === 'timed_out' && asked) app.notices.say('handover.missed', { name, by: asked.by.name }, 'warning');
      else if (reason === 'timed_out') app.notices.say('offer.timed_out', { name }, 'warning');
      else if (reason === 'customer_gone') app.notices.say('offer.customer_gone', { name });
      else if (reason === 'rescinded') app.notices.say('offer.rescinded', { name });
    },
    customer_said(message) {
      const conversation = desk().book.get(message.conversation);
      if (!conversation || conversation.agent?.id !== desk().me?.id) return;
      if (desk().open_id === message.conversation && document.hasFocus()) return;
      app.alerts.sound('message');
      const name = customer_name(app, conversation.visitor);
      app.alerts.notify(message.conversation, name, message.text.slice(0, 140), () =>
        app.route.conversation(message.conversation),
      );
    },
    taken_over(conversation) {
      const customer = customer_name(app, conversation.visitor);
      app.notices.say('handover.taken', { name: conversation.agent?.name ?? '', customer }, 'good');
    },
    not_taken_over(note) {
      const conversation = desk().book.get(note.conversation);
      if (!conversation || conversation.agent?.id !== desk().me?.id) return;
      app.alerts.sound('message');
      const customer = customer_name(app, conversation.visitor);
      app.notices.say('handover.stays', { name: note.sender.name ?? '', customer }, 'warning');
    },
    assigned(conversation, note) {
      const customer = customer_name(app, conversation.visitor);
      app.alerts.sound('offer');
      app.alerts.notify(conversation.id, app.t('alert.assigned', { customer }), note.text, () => app.route.conversation(conversation.id));
      app.notices.say('assign.yours', { customer, by: note.sender.name ?? '' });
    },
    whispered(whisper) {
      const conversation = desk().book.get(whisper.conversation);
      const customer = conversation ? customer_name(app, conversation.visitor) : app.t('customer.unnamed');
      app.alerts.sound('message');
      if (desk().open_id === whisper.conversation && document.hasFocus()) return;
      const show = () => app.route.conversation(whisper.conversation);
      app.alerts.notify(`whisper:${whisper.conversation}`, app.t('alert.whisper', { by: whisper.by.name, customer }), whisper.text.slice(0, 140), show);
      app.notices.say('whisper.heard', { by: whisper.by.name, customer }, 'plain', whisper.conversation);
    },
    status_set(status, by, reason) {
      app.alerts.sound('message');
      app.notices.say('status.set', { by, status: app.t(`status.${status}`), reason });
    },
    unclaimed(conversation) {
      if (!desk().leads) return;
      const name = conversation.visitor.name ?? app.t('customer.unnamed');
      app.alerts.sound('offer');
      app.alerts.notify(`unclaimed:${conversation.id}`, app.t('alert.unclaimed', { name }), app.t('alert.unclaimed.text'), () =>
        app.route.conversation(conversation.id),
      );
      app.notices.say('unclaimed.told', { name }, 'warning', conversation.id);
    },
    alerted(alert) {
      app.alerts.sound('offer');
      app.alerts.notify(`alert:${alert.id}`, alert.name, said(app.words, alert), () => app.route.live());
    },
    ended(code) {
      if (code === 'signed_out' || code === 'unauthorized') app.session.ended();
    },
  };
}
