import { body_of, type Api } from '../../state/api';
import type { ErrorBody } from '../../wire';
import type { Applied, Question, SimulationRecord } from './records';

const ASK_AGAIN_MS = 1_000;
const PATH = '/simulations';

/** What was asked before, the newest first; and the asking. */
export class Runs {
  items = $state.raw<SimulationRecord[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    try {
      this.items = (await this.api.get<{ items: SimulationRecord[] }>(PATH)).items;
      this.state = 'ready';
    } catch {
      this.state = 'failed';
    }
  }

  /** Throws a `Problem`. */
  ask(question: Question): Promise<SimulationRecord> {
    return this.api.post<SimulationRecord>(PATH, question);
  }

  /** Throws a `Problem`. */
  apply(id: string, variant: number, anyway: boolean): Promise<Applied> {
    return this.api.post<Applied>(`${PATH}/${encodeURIComponent(id)}/apply`, { variant, anyway });
  }
}

/** One question, looked at until it is answered or nobody looks any more. */
export class Watch {
  record = $state.raw<SimulationRecord | null>(null);
  problem = $state.raw<ErrorBody | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #is_over = false;

  constructor(
    private readonly api: Api,
    private readonly id: string,
  ) {}

  /** Returns what ends it. */
  start(): () => void {
    void this.look();
    return () => {
      this.#is_over = true;
      clearTimeout(this.#timer);
    };
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.record = await this.api.get<SimulationRecord>(`${PATH}/${encodeURIComponent(this.id)}`);
      this.problem = null;
    } catch (thrown) {
      // An answer that was seen stays; a question that runs is looked at again, the network may come back.
      const body = body_of(thrown);
      if (!this.record) this.problem = body;
    }
    if (!this.#is_over && this.record?.state === 'running') this.#timer = setTimeout(() => void this.look(), ASK_AGAIN_MS);
  }
}
