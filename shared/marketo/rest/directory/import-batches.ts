import { DAY_MS } from '../../../kernel/clock.ts';
import { errorText } from '../../../kernel/error-text.ts';
import { canonicalJson } from '../../../kernel/hash.ts';
import { isObject } from '../../../kernel/is-object.ts';
import { CallEnded } from '../call/call-ended.ts';
import type { Copies, CopyKind } from './copies.ts';
import type { ImportBatch } from './directory.ts';

/** Marketo itself forgets a batch after seven days. */
const KEEP_MS = 7 * DAY_MS;

function isImportBatch(value: unknown): value is ImportBatch {
  if (!isObject(value)) return false;
  const { kind, batchId, imported, failed } = value;
  if (kind === 'batch') return typeof batchId === 'number';
  return kind === 'counts' && typeof imported === 'number' && typeof failed === 'number';
}

const IMPORT_BATCH: CopyKind<ImportBatch> = {
  name: 'importBatch',
  ageMs: () => KEEP_MS,
  staleMs: 0,
  isValue: isImportBatch,
};

const keyOf = (program: string, list: string): string => canonicalJson([program, list]);

/** To say "no import" for a table in trouble would be a verdict on the job. */
function cannotSay(error: unknown): never {
  const message = `what was imported last cannot be read: ${errorText(error)}`;
  throw new CallEnded({ kind: 'network', sent: false, reason: 'other', message });
}

/** Always out of the store: another worker may have made the last import. */
export async function importBatch(
  copies: Copies,
  program: string,
  list: string,
  now: number,
): Promise<ImportBatch | null> {
  const stored = await copies.read(IMPORT_BATCH, keyOf(program, list)).catch(cannotSay);
  return stored !== null && now - stored.at < KEEP_MS ? stored.value : null;
}

export const keepImportBatch = (
  copies: Copies,
  program: string,
  list: string,
  batch: ImportBatch,
): Promise<void> => copies.put(IMPORT_BATCH, keyOf(program, list), batch, KEEP_MS);
