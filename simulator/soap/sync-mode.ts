import { Refusal, type RefusalName } from '../instance/refusal.ts';
import { ServiceFault } from './fault.ts';
import { oneOf, requiredText, text } from './params.ts';
import type { Element } from './xml.ts';

/** SyncOperationEnum of the WSDL. */
const SYNC_MODES = ['UPSERT', 'INSERT', 'UPDATE'] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

/** Of syncMObjects and syncCustomObjects (docs/marketo-facts.md). */
const MOST_OBJECTS = 100;

export function requiredSyncMode(params: Element): SyncMode {
  return oneOf(SYNC_MODES, requiredText(params, 'operation'), 20110, 'operation');
}

export function optionalSyncMode(params: Element): SyncMode {
  const mode = text(params, 'operation') ?? '';
  return mode === '' ? 'UPSERT' : oneOf(SYNC_MODES, mode, 20110, 'operation');
}

export function refuseBadCount(objects: readonly Element[], list: string): void {
  if (objects.length === 0) throw new ServiceFault(20109, `${list} is empty`);
  if (objects.length > MOST_OBJECTS)
    throw new ServiceFault(20110, `${list} has more than ${MOST_OBJECTS} objects`);
}

/** Runs one record of a batch; what fails in it, fails alone. */
export function attempt<Outcome>(
  run: () => Outcome,
  failed: (error: string, refused: RefusalName | null) => Outcome,
): Outcome {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return failed(error.message, error.refused);
    if (error instanceof ServiceFault) return failed(error.message, null);
    throw error;
  }
}
