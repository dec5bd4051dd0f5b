import type { Clock } from '../../../kernel/clock.ts';
import { DAY_MS } from '../../../kernel/clock.ts';
import { isObject } from '../../../kernel/is-object.ts';
import type { Asking } from '../call/asking.ts';
import { CallEnded, CallRefused } from '../call/call-ended.ts';
import { type Copies, type CopyKind, MOST_AHEAD_MS } from './copies.ts';
import { askRows, idIn, textIn } from './rows.ts';

interface NameOfCampaign {
  readonly id: number;
  /** Null: Marketo had no campaign of that id; a deleted one does not come back. */
  readonly name: string | null;
  readonly at: number;
}

const isName = (value: unknown): value is NameOfCampaign =>
  isObject(value) &&
  typeof value['id'] === 'number' &&
  typeof value['at'] === 'number' &&
  (value['name'] === null || typeof value['name'] === 'string');

/** In one item: a page of activities asks for dozens at once. */
const NAMES: CopyKind<readonly NameOfCampaign[]> = {
  name: 'campaignNames',
  ageMs: () => DAY_MS,
  staleMs: 0,
  isValue: (value): value is readonly NameOfCampaign[] => Array.isArray(value) && value.every(isName),
};

const MOST_NAMES = 1_000;
/** Of one request. */
const MOST_IDS = 300;

/** Names of campaigns by id. They adorn a page of activities: what cannot be had of them is left out. */
export class CampaignNames {
  readonly #copies: Copies;
  readonly #clock: Clock;
  #known: ReadonlyMap<number, NameOfCampaign> = new Map();

  constructor(copies: Copies, clock: Clock) {
    this.#copies = copies;
    this.#clock = clock;
  }

  async get(session: Asking, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (this.#missing(ids).length > 0) {
      const stored = await this.#copies.stored(NAMES, '');
      this.#learn(stored?.value ?? []);
    }
    const missing = this.#missing(ids).slice(0, MOST_IDS);
    if (missing.length > 0) {
      const found = await askNames(session, missing, this.#clock());
      this.#learn(found);
      if (found.length > 0) await this.#copies.put(NAMES, '', [...this.#known.values()], DAY_MS);
    }
    const names = ids.map((id) => [id, this.#known.get(id)?.name ?? null] as const);
    return new Map(names.flatMap(([id, name]) => (name === null ? [] : [[id, name]])));
  }

  #missing(ids: readonly number[]): readonly number[] {
    const now = this.#clock();
    return [...new Set(ids)].filter((id) => now - (this.#known.get(id)?.at ?? 0) >= DAY_MS);
  }

  #learn(names: readonly NameOfCampaign[]): void {
    const latest = this.#clock() + MOST_AHEAD_MS;
    const learnt = names.filter(({ at }) => at <= latest);
    const newest = [...this.#known.values(), ...learnt].sort((a, b) => b.at - a.at);
    const first = new Map<number, NameOfCampaign>();
    for (const name of newest) if (!first.has(name.id) && first.size < MOST_NAMES) first.set(name.id, name);
    this.#known = first;
  }
}

async function askNames(
  session: Asking,
  ids: readonly number[],
  now: number,
): Promise<readonly NameOfCampaign[]> {
  try {
    const { rows } = await askRows(
      session,
      { endpoint: 'campaigns', query: { id: ids, batchSize: MOST_IDS }, step: 'look-up, names of campaigns' },
      (row) => {
        const id = idIn(row);
        return id === null ? null : { id, name: textIn(row, 'name') };
      },
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return ids.map((id) => ({ id, name: names.get(id) ?? null, at: now }));
  } catch (error) {
    if (error instanceof CallEnded || error instanceof CallRefused) return [];
    throw error;
  }
}
