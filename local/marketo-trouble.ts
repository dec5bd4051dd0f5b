import type { TransportName } from '../shared/config/transports.ts';
import { assertNever } from '../shared/kernel/assert-never.ts';
import type { Rule } from '../simulator/script.ts';

/** What can be wrong with the pretend Marketo on a game day, and what is then seen of it. */
export const TROUBLES = {
  quota: "Marketo says that the day's calls are spent",
  credentials: 'Marketo refuses the credentials',
  throttle: 'Marketo refuses every third call as one too many, in the window or at once',
  down: 'a gateway answers in place of Marketo',
  slow: 'Marketo takes ten seconds longer for each call',
} as const;
export type TroubleName = keyof typeof TROUBLES;

export const TROUBLE_NAMES = Object.keys(TROUBLES) as TroubleName[];

/** Each in the words of either API. */
const CODES = {
  rest: { quota: 607, rate: 606, concurrency: 615 },
  soap: { quota: 20015, rate: 20023, concurrency: 20024 },
} as const satisfies Record<TransportName, object>;
const WRONG_KEY = 20014;

const SLOWER_MS = 10_000;

/** A token is handed out as usual: no limit counts that. */
const TOKENS_AS_USUAL: Rule = { match: { operation: 'identity' }, times: 'always' };

/** The rules of the simulator that make it, until other rules replace them. */
export function troubleRules(trouble: TroubleName, transport: TransportName): readonly Rule[] {
  const codes = CODES[transport];
  switch (trouble) {
    case 'quota':
      return [TOKENS_AS_USUAL, { times: 'always', do: { kind: 'fault', code: codes.quota } }];
    case 'credentials':
      return [
        { match: { operation: 'identity' }, times: 'always', do: { kind: 'fault', code: 401 } },
        ...(transport === 'soap'
          ? [{ times: 'always', do: { kind: 'fault', code: WRONG_KEY } } as const]
          : []),
      ];
    case 'throttle':
      return [
        TOKENS_AS_USUAL,
        { match: { chance: 1 / 9 }, times: 'always', do: { kind: 'fault', code: codes.concurrency } },
        { match: { chance: 1 / 4 }, times: 'always', do: { kind: 'fault', code: codes.rate } },
      ];
    case 'down':
      return [{ times: 'always', do: { kind: 'garbage', body: 'html', status: 502 } }];
    case 'slow':
      return [TOKENS_AS_USUAL, { times: 'always', delayMs: SLOWER_MS }];
    default:
      return assertNever(trouble);
  }
}
