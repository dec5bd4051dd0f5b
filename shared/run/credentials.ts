import { holdMissingCredentials } from '../budget/holds.ts';
import type { RunPorts } from './ports.ts';

/** How long a secret that serves is not read again. One that Marketo refuses is read at once, whatever its age. */
export const CREDENTIALS_MAX_AGE_MS = 5 * 60_000;

/** What a reading of the account's credentials found. The messages name variables, never values. */
export type CredentialsState =
  | { readonly kind: 'usable' }
  /** The place was read, and something is not in it. */
  | { readonly kind: 'missing'; readonly message: string }
  /** The place cannot be read, and no earlier reading is left to go on with. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** Credentials that are kept where they may change while the process lives. */
export interface Credentials {
  /** Reads them again if they were read longer than `maxAgeMs` ago. Never rejects. */
  renew(maxAgeMs: number): Promise<CredentialsState>;
}

/** Credentials of the process's own environment: they were there at its start, and stay. */
export const fixedCredentials: Credentials = { renew: async () => ({ kind: 'usable' }) };

type CheckPorts = Pick<RunPorts, 'budget' | 'log' | 'clock' | 'settings'>;

/**
 * Sees to it that nothing is sent without credentials: while there are none the account is held, in words that name
 * what is missing, and no job is touched. A hold that stands already is not written again.
 */
export async function checkCredentials(
  credentials: Credentials,
  maxAgeMs: number,
  ports: CheckPorts,
): Promise<CredentialsState> {
  const found = await credentials.renew(maxAgeMs);
  if (found.kind === 'usable') return found;
  ports.log.error('no credentials to call Marketo with', { problem: found.message });
  try {
    await holdAccount(`${found.message}; ${ports.settings.renewCredentials}`, ports);
  } catch (error) {
    // The transport refuses every call by itself: a batch must not fail as a whole over the words for it.
    ports.log.error('the account could not be held', { error: String(error) });
  }
  return found;
}

async function holdAccount(message: string, { budget, clock }: CheckPorts): Promise<void> {
  const state = await budget.state();
  if (holdMissingCredentials(state, clock(), message) === state) return;
  await budget.change((stored, now) => holdMissingCredentials(stored, now, message));
}
