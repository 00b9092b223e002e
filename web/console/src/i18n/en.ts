import admin from './en/admin.ts';
import alerts from './en/alerts.ts';
import app from './en/app.ts';
import desk from './en/desk.ts';
import exchange from './en/exchange.ts';
import faults from './en/faults.ts';
import live from './en/live.ts';
import quality from './en/quality.ts';
import queues from './en/queues.ts';
import reports from './en/reports.ts';
import schedule from './en/schedule.ts';
import shop from './en/shop.ts';
import simulate from './en/simulate.ts';
import stepping from './en/stepping.ts';
import tasks from './en/tasks.ts';
import timeline from './en/timeline.ts';
import why from './en/why.ts';

/** The console’s words in English, by where they stand. ICU patterns; no shouting, no jargon. */
const words = {
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
