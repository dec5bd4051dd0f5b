import type { TransportName } from '../../shared/config/transports.ts';
import { DEFAULT_SEED, type Seed } from '../../simulator/instance/seed.ts';
import type { Rule } from '../../simulator/script.ts';
import type { Simulator } from '../../simulator/simulator.ts';

export type Action = NonNullable<Rule['do']>;
type Some<T> = readonly [T, ...T[]];

/** A request that the script makes trouble for. */
export type Hit = 'syncLead' | 'requestCampaign' | 'look-up';

/** What a request does to one lead, in the words of the checks. */
export type Deed = 'sync' | 'campaign' | 'list' | 'associate';

/** One of the simulator's two faces, as far as workload and checks have to know it. */
export interface Face {
  readonly transport: TransportName;
  environment(simulator: Simulator): Record<string, string>;
  /** What writes to leads, by what the witness calls the request. */
  readonly deeds: Readonly<Record<string, Deed>>;
  readonly reads: ReadonlySet<string>;
  /** Every request that must not arrive twice. */
  readonly announced: ReadonlySet<string>;
  /** Faults that prove that nothing ran: after one of them the same call may come again. */
  readonly proving: ReadonlySet<number>;
  /** Rate, concurrency, quota. */
  readonly limits: ReadonlySet<string>;
  readonly unknownField: number;
  readonly noCampaign: number;
  /** A read of a lead that was never made, and its way to a list; of that, SOAP says no more than that it failed. */
  readonly noLead: number;
  readonly noMember: number | 'record-failed';
  readonly throttle: number;
  readonly hits: Some<Hit>;
  /** Trouble that a job survives without a doubt: after it, it must still complete. */
  readonly harmless: Some<Action>;
  /** Trouble after which nobody knows whether the call ran. */
  readonly muddling: Some<Action>;
  /** Which requests of one lead's chain a rule acts on. */
  match(hit: Hit, of: { readonly email: string; readonly campaignId: number }): NonNullable<Rule['match']>;
  /** Trouble of no job. */
  readonly rules: readonly Rule[];
}

const SYNC_LEAD = 'POST leads.json';
const TRIGGER = 'POST campaigns/{id}/trigger.json';

export const REST: Face = {
  transport: 'rest',
  // Spoken unless something else is asked for.
  environment: (simulator) => variablesOf(simulator),
  deeds: {
    [SYNC_LEAD]: 'sync',
    [TRIGGER]: 'campaign',
    'POST lists/{id}/leads.json': 'list',
    'POST leads/{id}/associate.json': 'associate',
  },
  reads: new Set(['GET leads.json']),
  // An insert of an opportunity is one of its own key: repeated, it finds what it has made.
  announced: new Set([
    TRIGGER,
    'POST campaigns/{id}/schedule.json',
    'POST leads/{id}/merge.json',
    'POST bulk/leads.json',
  ]),
  // A token that ended under several calls at once is 602 to the first that comes with it and 601 to the others.
  proving: new Set([601, 602, 603, 606, 607, 608, 614, 615]),
  limits: new Set(['rejected:606', 'rejected:607', 'rejected:615']),
  unknownField: 1006,
  noCampaign: 1013,
  noLead: 1004,
  noMember: 1004,
  throttle: 606,
  hits: ['syncLead', 'requestCampaign', 'look-up'],
  harmless: [
    { kind: 'fault', code: 602 },
    { kind: 'fault', code: 615 },
  ],
  muddling: [
    { kind: 'fault', code: 611, when: 'before' },
    { kind: 'garbage', body: 'html', when: 'after' },
    { kind: 'drop', when: 'before' },
    { kind: 'fault', code: 604, when: 'after' },
    { kind: 'drop', when: 'after' },
    { kind: 'garbage', body: 'truncated', when: 'after' },
    { kind: 'stall', when: 'before' },
  ],
  match(hit, { email, campaignId }) {
    switch (hit) {
      case 'syncLead':
        return { operation: SYNC_LEAD, contains: email };
      case 'look-up':
        return { operation: 'GET leads.json', contains: email };
      // The request itself knows the lead by its id alone.
      case 'requestCampaign':
        return { operation: TRIGGER, contains: `campaigns/${campaignId}/` };
    }
  },
  rules: [
    // Tokens that are not good for much longer than the next call.
    ...[2, 9, 16].map((nth) => identity(nth, { kind: 'short-token', lifeMs: 300 })),
    identity(5, { kind: 'drop', when: 'before' }),
    identity(7, { kind: 'garbage', body: 'truncated', when: 'after' }),
  ],
};

function identity(nth: number, action: Action): Rule {
  return { match: { operation: 'identity', nth }, do: action };
}

export const SOAP: Face = {
  transport: 'soap',
  environment: (simulator) => ({ ...variablesOf(simulator), MARKETO_TRANSPORT: 'soap' }),
  deeds: {
    syncLead: 'sync',
    syncMultipleLeads: 'sync',
    requestCampaign: 'campaign',
    listOperation: 'list',
  },
  reads: new Set(['getLead', 'getMultipleLeads']),
  announced: new Set(['requestCampaign', 'scheduleCampaign', 'mergeLeads', 'importToList', 'syncMObjects']),
  proving: new Set([20016, 20023, 20024]),
  limits: new Set(['rejected:20015', 'rejected:20023', 'rejected:20024']),
  unknownField: 20105,
  noCampaign: 20113,
  noLead: 20103,
  noMember: 'record-failed',
  throttle: 20023,
  hits: ['syncLead', 'requestCampaign'],
  harmless: [
    { kind: 'fault', code: 20024 },
    { kind: 'fault', code: 20016 },
  ],
  muddling: [
    { kind: 'fault', code: 10001, when: 'before' },
    { kind: 'garbage', body: 'html', when: 'after' },
    { kind: 'drop', when: 'before' },
    { kind: 'fault', code: 10001, when: 'after' },
    { kind: 'drop', when: 'after' },
    { kind: 'garbage', body: 'truncated', when: 'after' },
    { kind: 'stall', when: 'before' },
  ],
  match: (hit, { email }) => ({ operation: hit, contains: email }),
  rules: [],
};

const variablesOf = (simulator: Simulator): Record<string, string> => ({
  MARKETO_SOAP_ENDPOINT: simulator.soapUrl,
  MARKETO_USER_ID: simulator.credentials.userId,
  MARKETO_ENCRYPTION_KEY: simulator.credentials.encryptionKey,
  MARKETO_REST_ENDPOINT: simulator.restUrl,
  MARKETO_IDENTITY_ENDPOINT: simulator.identityUrl,
  MARKETO_CLIENT_ID: simulator.restCredentials.clientId,
  MARKETO_CLIENT_SECRET: simulator.restCredentials.clientSecret,
});

/** A campaign for each chain that meets trouble: over REST a request names its leads by ids alone. */
export const troubledCampaign = (round: number): number => 5_000 + round;
export const importList = (round: number): string => `import-${round}`;

/** What `rounds` rounds of the workload need of an instance. An import over REST makes no list, and here it takes no time. */
export function seedFor(rounds: number): Partial<Seed> {
  const all = Array.from({ length: rounds + 1 }, (_, round) => round);
  return {
    importMs: { queued: 0, importing: 0 },
    lists: [...DEFAULT_SEED.lists, ...all.map((round) => ({ name: importList(round), program: 'Webinar' }))],
    campaigns: [
      ...DEFAULT_SEED.campaigns,
      ...all.map((round) => ({
        id: troubledCampaign(round),
        name: `Troubled ${round}`,
        description: '',
        program: 'Demo Program',
        type: 'trigger' as const,
        active: true,
      })),
    ],
  };
}
