import { type PackedBudget, packed } from '../budget/packed.ts';
import type { BudgetState } from '../budget/state.ts';
import type { Acknowledgements } from '../deadletter/acknowledgements.ts';
import type { LetterHead } from '../deadletter/letter.ts';
import type { CausesTold } from '../events/causes-told.ts';
import type { KeptCall } from '../job/calls.ts';
import type { ForeignGroups } from '../job/foreign-groups.ts';
import { DIGEST_DIGITS } from '../job/message.ts';
import { isObject } from '../kernel/is-object.ts';
import type { Cancellation } from '../ledger/cancellations.ts';
import type { Chunk } from '../ledger/chunks.ts';
import type { OpenBatch } from '../ledger/open-batches.ts';
import type { JobRow } from '../ledger/row.ts';
import { jobIdOf } from './dynamo-table.ts';
import { packRow, unpackRow } from './row-form.ts';

/**
 * How one kind of document is stored, and how what earlier versions stored becomes that. Whoever changes a stored shape
 * adds an upgrade here and a fixture to test/unit/aws/documents.
 */
export interface DocumentSchema<T> {
  readonly name: string;
  /** `upgrades[n]` makes a value of schema n one of n + 1; the present number is how many there are, none stored is 0. */
  readonly upgrades: readonly ((value: Fields) => Fields)[];
  /** A form of its own in which values are stored from that number on; absent: as they are. */
  readonly form?: {
    readonly from: number;
    pack(value: T): Fields;
    unpack(stored: Fields, id: string): Fields;
  };
  /** Never set: ties the schema to the type that its present number describes. */
  readonly of?: T;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Schema 0 kept the envelope inside the value. */
function withoutEnvelope({ version: _version, writeToken: _token, ...value }: Fields): Fields {
  return value;
}

/** Schema 0 of a letter said only in its note that an edit was being redriven. */
function withEdited(letter: Fields): Fields {
  const closing = letter['closing'];
  if (!isObject(closing)) return letter;
  return { ...letter, closing: { ...closing, edited: String(closing['note']).endsWith('edited') } };
}

/** Schema 0 of a row called the decision of a decided job its verdict. */
function withDecision(row: Fields): Fields {
  const state = row['state'];
  if (!isObject(state) || state['kind'] !== 'decided' || !('verdict' in state)) return row;
  const { verdict, ...rest } = state;
  return { ...row, state: { ...rest, decision: verdict } };
}

/** Schema 1 of a row had the whole hash, and the names of its fields in full. */
const withShortDigest = (row: Fields): Fields => ({
  ...row,
  digest: String(row['digest']).slice(0, DIGEST_DIGITS),
});

/** Schema 1 of the budget was not packed, and narrowed rate and slots by a level of caution: what that had learnt is learnt again. */
function asPacked({ caution: _caution, ...state }: Fields): Fields {
  return { ...packed({ ...state, cuts: {} } as unknown as BudgetState) };
}

export const ROW_SCHEMA: DocumentSchema<JobRow> = {
  name: 'job row',
  upgrades: [(row) => withDecision(withoutEnvelope(row)), withShortDigest],
  form: { from: 2, pack: packRow, unpack: (stored, id) => unpackRow(stored, jobIdOf(id)) },
};
export const LETTER_SCHEMA: DocumentSchema<LetterHead> = {
  name: 'letter',
  // Schema 1 of a letter did not say when its job was first sent.
  upgrades: [(letter) => withEdited(withoutEnvelope(letter)), (letter) => ({ ...letter, firstSentAt: null })],
};
export const BUDGET_SCHEMA: DocumentSchema<PackedBudget> = {
  name: 'budget',
  upgrades: [withoutEnvelope, asPacked],
};
export const CHUNK_SCHEMA: DocumentSchema<Chunk> = { name: 'chunk', upgrades: [] };
export const CANCELLATION_SCHEMA: DocumentSchema<Cancellation> = { name: 'cancelled batch', upgrades: [] };

export const FOREIGN_GROUPS_SCHEMA: DocumentSchema<ForeignGroups> = {
  name: 'count of foreign groups',
  upgrades: [],
};
export const OPEN_BATCH_SCHEMA: DocumentSchema<OpenBatch> = { name: 'open batch', upgrades: [] };
export const CAUSES_TOLD_SCHEMA: DocumentSchema<CausesTold> = { name: 'told causes', upgrades: [] };
export const ACKNOWLEDGEMENTS_SCHEMA: DocumentSchema<Acknowledgements> = {
  name: 'list of acknowledged causes',
  upgrades: [],
};
export const CALL_SCHEMA: DocumentSchema<KeptCall> = { name: 'shared call', upgrades: [] };

/** The text has a schema of its own: whoever keeps copies knows what is in them. */
export const DIRECTORY_SCHEMA: DocumentSchema<{ readonly at: number; readonly text: string }> = {
  name: 'directory copy',
  upgrades: [],
};

export const schemaNumber = (schema: DocumentSchema<unknown>): number => schema.upgrades.length;

/** A newer version of this program wrote it: reading it as if it were known would drop what it does not know. */
export class UnknownSchema extends Error {
  override readonly name = 'UnknownSchema';
}

/** A value as the present schema has it. Throws an `UnknownSchema` for a number that is none of ours. */
export function upgraded(schema: DocumentSchema<unknown>, number: number, value: Fields, id: string): Fields {
  const present = schemaNumber(schema);
  if (!Number.isInteger(number) || number < 0 || number > present) {
    throw new UnknownSchema(
      `the ${schema.name} ${id} has schema ${number}; this version knows 0 to ${present}: a newer one wrote it, deploy that one`,
    );
  }
  const { form } = schema;
  const read = form !== undefined && number >= form.from ? form.unpack(value, id) : value;
  return schema.upgrades.slice(number).reduce((older, upgrade) => upgrade(older), read);
}
