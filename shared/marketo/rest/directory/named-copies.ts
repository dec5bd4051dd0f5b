import { MINUTE_MS } from '../../../kernel/clock.ts';
import { canonicalJson } from '../../../kernel/hash.ts';
import { isObject } from '../../../kernel/is-object.ts';
import { CallEnded, refused } from '../call/call-ended.ts';
import type { Copies, CopyKind } from './copies.ts';
import type { CampaignNamed, Named } from './directory.ts';

/** A list renamed, and another given its name, are mixed up for so long. */
const AGE_MS = 10 * MINUTE_MS;

const isNamed = (value: unknown): value is Named =>
  isObject(value) &&
  typeof value['id'] === 'number' &&
  typeof value['name'] === 'string' &&
  (value['program'] === null || typeof value['program'] === 'string');

const kindOf = <N extends Named>(name: string, isValue: (value: unknown) => value is N): CopyKind<N> => ({
  name,
  ageMs: () => AGE_MS,
  staleMs: 0,
  isValue,
});

export const LIST = kindOf('list', isNamed);
export const PROGRAM = kindOf('program', isNamed);
export const CAMPAIGN = kindOf(
  'campaign',
  (value): value is CampaignNamed => isNamed(value) && 'type' in value,
);

const NOT_FOUND = 1013;

interface Origin {
  readonly isCopy: boolean;
  readonly forget: () => Promise<void>;
}

/** Names to ids, kept for a while; and what is done when an id has shown itself wrong. */
export class NamedCopies {
  readonly #copies: Copies;
  /** Where each answer came from. It goes with the answer itself: two calls may have different ones of one name. */
  readonly #origins = new WeakMap<Named, Origin>();

  constructor(copies: Copies) {
    this.#copies = copies;
  }

  async get<N extends Named>(
    kind: CopyKind<N>,
    name: { readonly name: string; readonly program?: string | undefined },
    find: () => Promise<N | null>,
  ): Promise<N> {
    const key = canonicalJson(name);
    const { value, isCopy } = await this.#copies.get(kind, key, find);
    if (value === null) throw refused(NOT_FOUND, words(kind.name, name));
    const answer = { ...value };
    const forget = () => this.#copies.drop(kind, key, ({ id }) => id === value.id);
    this.#origins.set(answer, { isCopy, forget });
    return answer;
  }

  /** See `Directory.using`. That Marketo has not found it proves that nothing was done. */
  async using<N extends Named, T>(find: () => Promise<N>, use: (named: N) => Promise<T>): Promise<T> {
    const named = await find();
    try {
      return await use(named);
    } catch (error) {
      const origin = this.#origins.get(named);
      if (!isNotFound(error) || origin?.isCopy !== true) throw error;
      await origin.forget();
      const now = await find();
      if (now.id === named.id) throw error;
      return use(now);
    }
  }
}

const words = (what: string, { name, program }: { name: string; program?: string | undefined }): string =>
  `no ${what} is called "${name}"${program === undefined ? '' : ` in a program called "${program}"`}`;

const isNotFound = (error: unknown): boolean =>
  error instanceof CallEnded && error.fault.kind === 'marketo' && error.fault.code === NOT_FOUND;
