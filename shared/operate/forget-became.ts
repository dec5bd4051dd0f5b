import type { OperatePorts } from './ports.ts';

export type ForgetPorts = Pick<OperatePorts, 'archive' | 'bodies' | 'ledger' | 'budgetStore' | 'clock'>;

/** What came of looking for a person in one letter, row or text. */
export type Became =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'row-erased' }
  | { readonly kind: 'letter-removed' }
  | { readonly kind: 'letter-redacted' }
  /** `id` has not come to rest. */
  | { readonly kind: 'waiting'; readonly id: string };
