import type { OperationName } from '../marketo/operations/registry.ts';

/**
 * The operations that set values, so that a later one of the same key makes an earlier one obsolete. A campaign request
 * or a list operation is no more obsolete because its lead was written meanwhile: often that is what it was waiting for.
 */
const SETS_VALUES: ReadonlySet<string> = new Set<OperationName>([
  'syncLead',
  'syncMultipleLeads',
  'syncMObjects',
  'syncCustomObjects',
]);

export const setsValues = (operation: string | null): boolean =>
  operation !== null && SETS_VALUES.has(operation);

/** SQS's sequence numbers: decimal strings of up to 20 digits, as numbers: past what a double can hold. */
export function compareSequence(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
