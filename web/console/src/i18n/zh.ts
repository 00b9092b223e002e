import type { Key } from '.';
import admin from './zh/admin.ts';
import alerts from './zh/alerts.ts';
import app from './zh/app.ts';
import desk from './zh/desk.ts';
import exchange from './zh/exchange.ts';
import faults from './zh/faults.ts';
import live from './zh/live.ts';
import quality from './zh/quality.ts';
import queues from './zh/queues.ts';
import reports from './zh/reports.ts';
import schedule from './zh/schedule.ts';
import shop from './zh/shop.ts';
import simulate from './zh/simulate.ts';
import stepping from './zh/stepping.ts';
import tasks from './zh/tasks.ts';
import timeline from './zh/timeline.ts';
import why from './zh/why.ts';

/** 客服工作台的中文，按所在之处分开。 */
const words: Record<Key, string> = {
  ...admin,
  ...alerts,
  ...app,
  ...desk,
  ...exchange,
  ...faults,
  ...live,
  ...quality,
  ...queues,
  ...reports,
  ...schedule,
  ...shop,
  ...simulate,
  ...stepping,
  ...tasks,
  ...timeline,
  ...why,
};

export default words;
