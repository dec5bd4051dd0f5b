import type { Limits } from './limits.ts';
import { parseRules, type Rule } from './script.ts';
import type { Witness } from './witness.ts';

/** What a process elsewhere may see and change of a simulator. */
export interface Controlled {
  readonly soapUrl: string;
  readonly restUrl: string;
  readonly identityUrl: string;
  /** Replaces the rules in force. */
  script(rules: readonly Rule[]): void;
  setLimits(limits: Partial<Limits>): void;
  witness(): Witness;
  /** Ends the current access token now: its next use is told 602, any later one 601. */
  expireTokens(): void;
  /** The current access token is no longer known: its next use is told 601. */
  revokeTokens(): void;
  /** A fresh instance, empty books, no rules. */
  reset(): void;
}

interface ControlReply {
  readonly status: number;
  readonly value: unknown;
}

/**
 * The simulator's own endpoints, for a process elsewhere:
 * GET /_simulator, GET /_simulator/witness, POST /_simulator/script (an array of rules), POST /_simulator/limits,
 * POST /_simulator/expire-tokens, POST /_simulator/revoke-tokens, POST /_simulator/reset.
 */
export function control(simulator: Controlled, method: string, path: string, body: string): ControlReply {
  switch (`${method} ${path}`) {
    case 'GET /_simulator':
      return { status: 200, value: overview(simulator) };
    case 'GET /_simulator/witness':
      return { status: 200, value: simulator.witness() };
    case 'POST /_simulator/script':
      return accept(() => simulator.script(parseRules(JSON.parse(body))));
    case 'POST /_simulator/limits':
      return accept(() => simulator.setLimits(parseLimits(body)));
    case 'POST /_simulator/expire-tokens':
      return accept(() => simulator.expireTokens());
    case 'POST /_simulator/revoke-tokens':
      return accept(() => simulator.revokeTokens());
    case 'POST /_simulator/reset':
      return accept(() => simulator.reset());
    default:
      return { status: 404, value: { error: `no ${method} ${path}` } };
  }
}

function overview(simulator: Controlled): unknown {
  const { soapUrl, restUrl, identityUrl } = simulator;
  const { entries: _entries, leadWrites: _writes, campaignSends: _sends, ...counts } = simulator.witness();
  const { arrivalsByFingerprint: _arrivals, executionsByFingerprint: _executions, ...summary } = counts;
  return { soapUrl, restUrl, identityUrl, ...summary };
}

function parseLimits(body: string): Record<string, number | boolean> {
  const value: unknown = JSON.parse(body);
  if (typeof value !== 'object' || value === null) throw new Error('limits must be an object');
  const kinds: Readonly<Record<string, string>> = LIMIT_KINDS;
  for (const [name, limit] of Object.entries(value)) {
    if (typeof limit !== kinds[name])
      throw new Error(`${name} is not a limit, or not a ${kinds[name] ?? 'known one'}`);
  }
  return value as Record<string, number | boolean>;
}

const LIMIT_KINDS = {
  ratePerWindow: 'number',
  windowMs: 'number',
  concurrency: 'number',
  dailyQuota: 'number',
  chargeRejections: 'boolean',
} as const;

function accept(change: () => void): ControlReply {
  try {
    change();
    return { status: 200, value: { ok: true } };
  } catch (error) {
    return { status: 400, value: { error: error instanceof Error ? error.message : String(error) } };
  }
}
