import type { Clock } from '../../../kernel/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import { canonicalJson, sha256Hex } from '../../../kernel/hash.ts';
import { isObject } from '../../../kernel/is-object.ts';
import { jsonIn } from '../../../kernel/json-in.ts';
import { classify } from '../../faults/classify.ts';
import { CallEnded } from '../call/call-ended.ts';
import type { DirectoryStore } from './directory-store.ts';

/** How answers of one kind are kept. */
export interface CopyKind<T> {
  readonly name: string;
  /** How long it is as good as a new one. */
  readonly ageMs: (value: T) => number;
  /** How long it is better than none, where Marketo cannot be asked; 0: never. */
  readonly staleMs: number;
  /** Whether stored JSON is one: another version may have written it. */
  readonly isValue: (value: unknown) => value is T;
}

export interface Copied<T> {
  /** Null: Marketo has been asked and has none. */
  readonly value: T | null;
  /** When Marketo said so. */
  readonly at: number;
  /** Whether it came out of a copy, and may be out of date. */
  readonly isCopy: boolean;
}

export interface CopiesPorts {
  readonly store: DirectoryStore;
  readonly clock: Clock;
  /** Names the instance and the client: another sees other lists. */
  readonly scope: string;
  /** A store in trouble costs calls, never a job. */
  readonly onStoreTrouble: (error: unknown) => void;
}

type KindName = Pick<CopyKind<unknown>, 'name'>;

/** A change of a stored shape raises it; copies of any other number are asked for again. */
const SCHEMA = 1;
/** A burst of jobs must not ask a thousand times for what is not there; whoever creates it must not wait. */
const MISSING_MS = 30 * SECOND_MS;
/** After Marketo could not be asked, and an old copy serves. */
const PAUSE_MS = MINUTE_MS;
const MOST_OF_A_KIND = 1_000;
/** So far the clocks of workers may be apart; a copy of a later time would be young for as long. */
export const MOST_AHEAD_MS = MINUTE_MS;

interface Entry {
  readonly value: unknown;
  readonly at: number;
  /** Until when it is not asked for again, although it is old. */
  readonly pausedUntil: number;
}

/** Answers by kind and key, in memory and in the store. Of many who want one at once, one asks. */
export class Copies {
  readonly #ports: CopiesPorts;
  readonly #memory = new Map<string, Map<string, Entry>>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(ports: CopiesPorts) {
    this.#ports = ports;
  }

  /**
   * The copy, if it is young enough, else what `ask` answers; null of it means that there is none. A failure of `ask` is its
   * caller's alone, unless it is a verdict: then it is that of everybody who waited for it. With `maxAgeMs` no older copy
   * serves, whatever trouble Marketo is in.
   */
  async get<T>(
    kind: CopyKind<T>,
    key: string,
    ask: () => Promise<T | null>,
    want: { readonly maxAgeMs?: number } = {},
  ): Promise<Copied<T>> {
    for (;;) {
      const held = this.#held(kind, key, want);
      if (held !== null) return held;
      const id = `${kind.name}/${key}`;
      const others = this.#underWay.get(id);
      if (others === undefined) {
        const own = this.#fetch(kind, key, ask, want).finally(() => this.#underWay.delete(id));
        this.#underWay.set(id, own);
        return own;
      }
      await others.catch((error: unknown) => {
        if (isVerdict(error)) throw error;
      });
    }
  }

  /** The stored copy, whatever its age, without a call; null also where the store is in trouble. */
  stored<T>(kind: CopyKind<T>, key: string): Promise<{ value: T; at: number } | null> {
    return this.#guarded(() => this.read(kind, key));
  }

  /** The same for what nobody else can say; rejects with the store's own trouble. */
  async read<T>(kind: CopyKind<T>, key: string): Promise<{ value: T; at: number } | null> {
    const read = await this.#ports.store.read(this.#keyOf(kind, key));
    if (read === null) return null;
    const value = valueIn(read.text);
    return kind.isValue(value) ? { value, at: read.at } : null;
  }

  /** Keeps a value for `keepMs`. */
  async put<T>(kind: CopyKind<T>, key: string, value: T, keepMs: number): Promise<void> {
    const at = this.#ports.clock();
    this.#remember(kind, key, { value, at, pausedUntil: 0 });
    await this.#write(kind, key, value, { at, keepMs });
  }

  /** Forgets a value that has shown itself wrong, unless it has been replaced since. */
  async drop<T>(kind: CopyKind<T>, key: string, isWrong: (value: T) => boolean): Promise<void> {
    const held = this.#memory.get(kind.name);
    const value = held?.get(key)?.value ?? null;
    if (value !== null && isWrong(value as T)) held?.delete(key);
    const stored = await this.stored(kind, key);
    if (stored !== null && isWrong(stored.value))
      await this.#write(kind, key, null, { at: this.#ports.clock(), keepMs: 0 });
  }

  #held<T>(kind: CopyKind<T>, key: string, { maxAgeMs }: { readonly maxAgeMs?: number }): Copied<T> | null {
    const entry = this.#memory.get(kind.name)?.get(key);
    if (entry === undefined) return null;
    const now = this.#ports.clock();
    const { value, at, pausedUntil } = entry as Entry & { readonly value: T | null };
    const ageMs = value === null ? MISSING_MS : (maxAgeMs ?? kind.ageMs(value));
    const isPaused = maxAgeMs === undefined && now < pausedUntil;
    return now - at < ageMs || isPaused ? { value, at, isCopy: true } : null;
  }

  async #fetch<T>(
    kind: CopyKind<T>,
    key: string,
    ask: () => Promise<T | null>,
    want: { readonly maxAgeMs?: number },
  ): Promise<Copied<T>> {
    const stored = await this.stored(kind, key);
    const heldAt = this.#memory.get(kind.name)?.get(key)?.at ?? 0;
    const isOfNow = stored !== null && stored.at <= this.#ports.clock() + MOST_AHEAD_MS;
    if (isOfNow && stored.at >= heldAt) this.#remember(kind, key, { ...stored, pausedUntil: 0 });
    const held = this.#held(kind, key, want);
    if (held !== null) return held;
    const at = this.#ports.clock();
    try {
      const value = await ask();
      this.#remember(kind, key, { value, at, pausedUntil: 0 });
      if (value !== null) await this.#write(kind, key, value, { at, keepMs: this.#keepMs(kind, value) });
      return { value, at, isCopy: false };
    } catch (error) {
      // Somebody knows that the copy lacks something: it is no answer to that.
      if (want.maxAgeMs !== undefined) throw error;
      return this.#stale(kind, key, error);
    }
  }

  /** What there was before, where Marketo is in trouble and that is better than nothing; else the trouble. */
  #stale<T>(kind: CopyKind<T>, key: string, error: unknown): Copied<T> {
    const entry = this.#memory.get(kind.name)?.get(key);
    const now = this.#ports.clock();
    if (entry === undefined || entry.value === null || !isTrouble(error) || now - entry.at >= kind.staleMs)
      throw error;
    this.#remember(kind, key, { ...entry, pausedUntil: now + PAUSE_MS });
    return { value: entry.value as T, at: entry.at, isCopy: true };
  }

  #remember(kind: KindName, key: string, entry: Entry): void {
    const held = this.#memory.get(kind.name) ?? new Map<string, Entry>();
    this.#memory.set(kind.name, held);
    held.delete(key);
    held.set(key, entry);
    const oldest = held.keys().next();
    if (held.size > MOST_OF_A_KIND && oldest.done !== true) held.delete(oldest.value);
  }

  #write(kind: KindName, key: string, value: unknown, keep: { at: number; keepMs: number }) {
    const text = JSON.stringify({ schema: SCHEMA, value });
    return this.#guarded(() => this.#ports.store.write(this.#keyOf(kind, key), text, keep));
  }

  #keepMs<T>(kind: CopyKind<T>, value: T): number {
    return Math.max(kind.ageMs(value), kind.staleMs);
  }

  /** Hashed: names may be long, and are nobody's business in keys. */
  #keyOf(kind: KindName, key: string): string {
    return sha256Hex(canonicalJson([this.#ports.scope, kind.name, key]));
  }

  async #guarded<T>(effect: () => Promise<T>): Promise<T | null> {
    try {
      return await effect();
    } catch (error) {
      this.#ports.onStoreTrouble(error);
      return null;
    }
  }
}

const classIn = (error: unknown): string | null =>
  error instanceof CallEnded ? classify(error.fault, false).class : null;

const VERDICTS: ReadonlySet<string | null> = new Set(['invalid-request', 'not-found']);

const isVerdict = (error: unknown): boolean => VERDICTS.has(classIn(error));

const isTrouble = (error: unknown): boolean => classIn(error) === 'transient';

/** Null for what another version of this program wrote. */
function valueIn(text: string): unknown {
  const copy = jsonIn(text);
  return isObject(copy) && copy['schema'] === SCHEMA ? copy['value'] : null;
}
