import { in_language } from '../../lib/about';
import type { I18n } from '@kefu/shared/i18n/i18n.svelte.ts';
import type { Key, Values } from '../../i18n';
import type { SkillRecord } from '../records';
import type { Draft } from './draft';

type Translate = (key: Key, values?: Values) => string;

/** What each part of the form says while it is closed, in few words. */
export function summaries(form: Draft, { t, locale }: I18n<Key>) {
  const list = (parts: (string | null | false | 0 | undefined)[]) => parts.filter(Boolean).join(t('dot'));
  return {
    who: (skills: SkillRecord[]) =>
      form.skills
        .filter((one) => one.required || one.steps.length)
        .map(({ skill, level }) => t('preview.skill', { name: in_language(skills.find((one) => one.id === skill)?.name ?? '…', locale), level }))
        .join(t('comma')) || t('preview.anybody'),
    choice: list([t(`policy.${form.policy}`), form.auto_accept && t('queue.auto_accept')]),
    urgency:
      list([
        form.priority && t('queue.says.priority', { priority: form.priority }),
        form.target_s && t('queue.says.target', { seconds: form.target_s }),
        form.weight !== 1 && t('queue.says.weight', { weight: form.weight }),
      ]) || t('queue.says.usual'),
    limits: list(limits(form, t)) || t('queue.says.no_limits'),
    excess: form.overflow.length ? t('queue.says.helpers', { count: form.overflow.length }) : t('queue.says.alone'),
    after: form.wrap_up_s ? t('queue.says.wrap_up', { seconds: form.wrap_up_s }) : t('queue.says.no_wrap_up'),
  };
}

function limits({ units, per_agent_max, length_max, wait_max_s, quiet_after_s }: Draft, t: Translate) {
  return [
    units > 1 && t('queue.says.units', { units }),
    per_agent_max && t('queue.says.per_agent', { count: per_agent_max }),
    length_max && t('queue.says.length', { count: length_max }),
    wait_max_s && t('queue.says.wait', { seconds: wait_max_s }),
    quiet_after_s && t('queue.says.quiet', { seconds: quiet_after_s }),
  ];
}
