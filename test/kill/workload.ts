import type { NewJob } from '../../client/create-client.ts';
import { type Random, seededRandom } from '../../shared/kernel/random.ts';
import type { Instance } from '../../simulator/instance/instance.ts';
import type { Rule } from '../../simulator/script.ts';
import type { Witness } from '../../simulator/witness.ts';

export const BATCH = 'kill';
/** In the name of every lead that the script makes trouble for. */
export const TROUBLE = 'trouble';

/** One job, and what the witness can say about it. */
export interface PlannedJob {
  readonly kind: 'job';
  readonly job: NewJob & { readonly id: string };
  /** How it must end: completed, or as a dead letter with this code. */
  readonly expectedEnd: 'completed' | 20105 | 20113;
  readonly unsafe: boolean;
  /** Its sender said that a repeat is harmless. */
  readonly repeatable: boolean;
  /** The simulator answers one of its calls so that nobody can know whether it ran. */
  readonly unclear: boolean;
  /** Sent past the library, under a deduplication id of its own. */
  readonly bare: boolean;
  /** How often the simulator ran it; null if its calls look like those of other jobs. */
  executions(witness: Witness, instance: Instance): number | null;
}

/** Sent past the library, as any program may: no job, or an id that stands for another. */
export interface RawMessage {
  readonly kind: 'raw';
  readonly body: string;
  readonly group: string;
}

export type Item = PlannedJob | RawMessage;

/** Sent one after the other, each when the one before is accepted. */
export type Chain = readonly Item[];

export interface Workload {
  /** Chains for one more child. */
  next(): readonly Chain[];
  /** For the last child: a throttle answer closes the account for a whole window, and no child before has the time. */
  last(): readonly Chain[];
  readonly chains: readonly Chain[];
  /** The simulator's part: which calls it answers badly. */
  readonly rules: readonly Rule[];
}

interface Making {
  readonly random: Random;
  /** Distinguishes everything that one round makes. */
  readonly round: number;
}

/** Trouble that a job survives without a doubt: after it, it must still complete. */
const HARMLESS: readonly [NonNullable<Rule['do']>, ...NonNullable<Rule['do']>[]] = [
  { kind: 'fault', code: 20024 },
  { kind: 'fault', code: 20016 },
];
/** Codes that prove that nothing ran. */
const PROVING: ReadonlySet<number> = new Set([20016, 20023, 20024]);
/** Trouble after which nobody knows whether the call ran. */
const MUDDLING: readonly [NonNullable<Rule['do']>, ...NonNullable<Rule['do']>[]] = [
  { kind: 'fault', code: 10001, when: 'before' },
  { kind: 'garbage', body: 'html', when: 'after' },
  { kind: 'drop', when: 'before' },
  { kind: 'fault', code: 10001, when: 'after' },
  { kind: 'drop', when: 'after' },
  { kind: 'garbage', body: 'truncated-xml', when: 'after' },
  { kind: 'stall', when: 'before' },
];

/** Every round brings an ordered lead, something unsafe, something that fails and a read; some bring more. */
export function planWorkload(seed: number, rounds: number): Workload {
  const random = seededRandom(seed);
  const chains: Chain[] = [];
  const troubles = Array.from({ length: rounds }, (_, round) => troubleOf(round)).filter(
    (trouble) => trouble !== null,
  );
  const last: Trouble = { round: rounds, action: { kind: 'fault', code: 20023 }, hits: 'requestCampaign' };
  let round = 0;
  const give = (more: readonly Chain[]): readonly Chain[] => {
    chains.push(...more);
    return more;
  };
  return {
    chains,
    // Fixed before the first call: the simulator forgets which rules are used up when it is given others.
    rules: [...troubles, last].map(ruleOf),
    next() {
      if (round >= rounds) throw new Error(`no work was planned beyond ${rounds} rounds`);
      round += 1;
      return give(chainsOf({ random, round: round - 1 }));
    },
    last: () => give([troubleChain(last)]),
  };
}

function chainsOf(making: Making): Chain[] {
  const { round } = making;
  const trouble = troubleOf(round);
  return [
    leadChain(making),
    pick(UNSAFE, round)(making),
    pick(FAILING, round)(making),
    pick(OTHERS, round)(making),
    ...(trouble === null ? [] : [troubleChain(trouble)]),
    ...(round % 4 === 2 ? [parkedChain(making)] : []),
    ...(round % 5 === 3 ? [rawChain(making)] : []),
  ];
}

const pick = <T>(of: readonly [T, ...T[]], index: number): T => of[index % of.length] ?? of[0];

const emailOf = (name: string, round: number): string => `${name}-${round}@example.com`;

/** Writes of one lead in a row, with a list and a campaign among them. */
function leadChain({ random, round }: Making): Chain {
  const email = emailOf('order', round);
  const length = 2 + Math.floor(random() * 4);
  const writes = Array.from({ length }, (_, seq) => sync(email, seq + 1));
  const at = 1 + Math.floor(random() * length);
  const between = random() < 0.5 ? [campaign(email, 1001, round % 4 === 0)] : [toList(email)];
  return [...writes.slice(0, at), ...between, ...writes.slice(at), read(email)];
}

const UNSAFE: readonly [(making: Making) => Chain, ...((making: Making) => Chain)[]] = [
  ({ round }) => [sync(emailOf('campaign', round), 1), campaign(emailOf('campaign', round), 1002, false)],
  ({ round }) => [insertion(round)],
  ({ round }) => merge(round),
  ({ round }) => [schedule(round)],
  ({ round }) => [sync(emailOf('again', round), 1), campaign(emailOf('again', round), 1003, true)],
  ({ round }) => [importation(round)],
];

const FAILING: readonly [(making: Making) => Chain, ...((making: Making) => Chain)[]] = [
  ({ round }) => [unknownField(round)],
  ({ round }) => [sync(emailOf('nowhere', round), 1), noCampaign(emailOf('nowhere', round))],
];

const OTHERS: readonly [(making: Making) => Chain, ...((making: Making) => Chain)[]] = [
  ({ round }) => [
    plain(`describe-${round}`, { operation: 'describeMObject', params: { objectName: 'LeadRecord' } }),
  ],
  ({ round }) => [
    plain(`campaigns-${round}`, { operation: 'getCampaignsForSource', params: { source: 'MKTOWS' } }),
  ],
  ({ round }) => [several(round)],
  ({ round }) => [plain(`objects-${round}`, { operation: 'listMObjects', params: {} })],
  ({ round }) => [customObject(round)],
  ({ round }) => [
    sync(emailOf('removed', round), 1),
    toList(emailOf('removed', round)),
    sync(emailOf('removed', round), 2),
  ],
];

interface Trouble {
  readonly round: number;
  readonly action: NonNullable<Rule['do']>;
  readonly hits: 'syncLead' | 'requestCampaign';
}

/** Every third round: now trouble that is harmless to any job, now trouble that leaves an unsafe one in doubt. */
function troubleOf(round: number): Trouble | null {
  if (round % 3 !== 1) return null;
  const turn = Math.floor(round / 3);
  const action = turn % 3 === 0 ? pick(HARMLESS, Math.floor(turn / 3)) : pick(MUDDLING, turn);
  return { round, action, hits: turn % 2 === 0 ? 'syncLead' : 'requestCampaign' };
}

const ruleOf = ({ round, action, hits }: Trouble): Rule => ({
  match: { operation: hits, contains: emailOf(TROUBLE, round) },
  do: action,
});

function troubleChain({ round, action, hits }: Trouble): Chain {
  const email = emailOf(TROUBLE, round);
  const proves = action.kind === 'fault' && PROVING.has(action.code);
  const unclear = hits === 'requestCampaign' && !proves;
  return [sync(email, 1), { ...campaign(email, 1004, false), unclear }, sync(email, 2)];
}

const PARKED_MS = 6_000;

/**
 * Not before some seconds from now: parked in the ledger, sent by the warden. The warden's message has the library's
 * deduplication id, and SQS would take it for a repeat of the first within five minutes; jobs are parked for longer.
 */
function parkedChain({ round }: Making): Chain {
  const parked = sync(emailOf('parked', round), 1);
  const notBefore = new Date(Date.now() + PARKED_MS).toISOString();
  return [{ ...parked, bare: true, job: { ...parked.job, notBefore } }];
}

/** Bytes that are no job, and an id that is taken. */
function rawChain({ round }: Making): Chain {
  const original = sync(emailOf('taken', round), 1);
  const other = { ...original.job, version: 1, params: sync(emailOf('taker', round), 1).job.params };
  return [
    { kind: 'raw', body: `{"version":1,"id":"broken-${round}",`, group: `broken-${round}` },
    original,
    { kind: 'raw', body: JSON.stringify(other), group: `taken-${round}` },
    {
      kind: 'raw',
      body: JSON.stringify({ version: 1, id: `strange-${round}`, operation: 'eraseAll', params: {} }),
      group: 'strange',
    },
  ];
}

const base = {
  kind: 'job',
  expectedEnd: 'completed',
  unsafe: false,
  repeatable: false,
  unclear: false,
  bare: false,
} as const;

function plain(id: string, job: Omit<NewJob, 'id'>): PlannedJob {
  return { ...base, job: { ...job, id, batch: BATCH } as PlannedJob['job'], executions: () => null };
}

/** What the witness booked of one lead; `wanted` tells the writes of one job from those of another. */
const writes = (email: string, operation: string, seq: string | null) => (witness: Witness) =>
  (witness.leadWrites[`EMAIL:${email}`] ?? []).filter(
    (write) => write.operation === operation && (seq === null || write.attributes['Seq'] === seq),
  ).length;

const leadKey = (email: string) => ({ keyType: 'EMAIL', keyValue: email }) as const;

const record = (email: string, attrName: string, attrValue: string) => ({
  Email: email,
  leadAttributeList: { attribute: [{ attrName, attrValue }] },
});

export function sync(email: string, seq: number): PlannedJob {
  const planned = plain(`sync-${seq}-${local(email)}`, {
    operation: 'syncLead',
    params: { leadRecord: record(email, 'Seq', String(seq)), returnLead: false },
  });
  return { ...planned, executions: writes(email, 'syncLead', String(seq)) };
}

function campaign(email: string, campaignId: number, repeatable: boolean): PlannedJob {
  const planned = plain(`campaign-${local(email)}`, {
    operation: 'requestCampaign',
    params: { source: 'MKTOWS', campaignId, leadList: { leadKey: [leadKey(email)] } },
    ...(repeatable ? { onInDoubt: 'retry' } : {}),
  });
  return { ...planned, unsafe: true, repeatable, executions: writes(email, 'requestCampaign', null) };
}

function noCampaign(email: string): PlannedJob {
  return { ...campaign(email, 9999, false), expectedEnd: 20113 };
}

function unknownField(round: number): PlannedJob {
  const email = emailOf('unknown', round);
  const planned = plain(`unknown-${round}`, {
    operation: 'syncLead',
    params: { leadRecord: record(email, 'NoSuchField', '1'), returnLead: false },
  });
  return { ...planned, expectedEnd: 20105, executions: writes(email, 'syncLead', null) };
}

function toList(email: string): PlannedJob {
  const planned = plain(`list-${local(email)}`, {
    operation: 'listOperation',
    params: {
      listOperation: 'ADDTOLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
      listMemberList: { leadKey: [leadKey(email)] },
    },
  });
  return { ...planned, executions: writes(email, 'listOperation', null) };
}

function read(email: string): PlannedJob {
  const planned = plain(`read-${local(email)}`, {
    operation: 'getLead',
    params: { leadKey: leadKey(email) },
  });
  const executions = (witness: Witness) =>
    witness.entries.filter(
      ({ operation, keys, outcome }) =>
        operation === 'getLead' && keys[0] === `EMAIL:${email}` && outcome === 'executed',
    ).length;
  return { ...planned, executions };
}

function several(round: number): PlannedJob {
  const emails = [emailOf('many-a', round), emailOf('many-b', round)] as const;
  const planned = plain(`many-${round}`, {
    operation: 'syncMultipleLeads',
    params: {
      leadRecordList: { leadRecord: emails.map((email) => record(email, 'Seq', '1')) },
      dedupEnabled: true,
    },
  });
  return { ...planned, executions: writes(emails[0], 'syncMultipleLeads', null) };
}

function customObject(round: number): PlannedJob {
  return plain(`car-${round}`, {
    operation: 'syncCustomObjects',
    params: {
      operation: 'UPSERT',
      objTypeName: 'car_c',
      customObjList: {
        customObj: [
          {
            customObjKeyList: { attribute: [{ attrName: 'vin', attrValue: `vin-${round}` }] },
            customObjAttributeList: { attribute: [{ attrName: 'make', attrValue: 'Example' }] },
          },
        ],
      },
    },
  });
}

function insertion(round: number): PlannedJob {
  const name = `opportunity-${round}`;
  const planned = plain(name, {
    operation: 'syncMObjects',
    params: {
      operation: 'INSERT',
      mObjectList: {
        mObject: [{ type: 'Opportunity', attribList: { attrib: [{ name: 'Name', value: name }] } }],
      },
    },
  });
  const executions = (_: Witness, instance: Instance) =>
    [...instance.mObjects.values()].filter((object) => object.attributes.get('Name') === name).length;
  return { ...planned, unsafe: true, executions };
}

function schedule(round: number): PlannedJob {
  const runAt = Date.UTC(2030, 0, 1) + round * 60_000;
  const planned = plain(`schedule-${round}`, {
    operation: 'scheduleCampaign',
    params: {
      programName: 'Webinar',
      campaignName: 'Reminder',
      campaignRunAt: new Date(runAt).toISOString(),
    },
  });
  const executions = (_: Witness, instance: Instance) =>
    instance.scheduledRuns.filter((run) => run.runAt === runAt).length;
  return { ...planned, unsafe: true, executions };
}

function importation(round: number): PlannedJob {
  const listName = `import-${round}`;
  const planned = plain(listName, {
    operation: 'importToList',
    params: {
      programName: 'Webinar',
      importFileHeader: 'Email,FirstName',
      importFileRows: { stringItem: [`${emailOf('imported', round)},Ann`] },
      importListMode: 'UPSERTLEADS',
      listName,
      clearList: false,
      campaignName: 'Reminder',
    },
  });
  const executions = (_: Witness, instance: Instance) =>
    instance.imports.filter(({ list }) => list === listName).length;
  return { ...planned, unsafe: true, executions };
}

/** The sender keeps the three in order by a key of his own: a merge is of two leads and has none. */
function merge(round: number): Chain {
  const [winner, loser] = [emailOf('winner', round), emailOf('loser', round)];
  const keyOf = (email: string) => ({ attribute: [{ attrName: 'EMAIL', attrValue: email }] });
  const planned = plain(`merge-${round}`, {
    operation: 'mergeLeads',
    params: {
      winningLeadKeyList: keyOf(winner),
      losingLeadKeyLists: { keyList: [keyOf(loser)] },
      mergeInSales: false,
    },
  });
  const executions = (_: Witness, instance: Instance) => {
    const [id] = instance.leadIndex.get(`EMAIL:${winner}`) ?? [];
    return instance.activities.filter((activity) => activity.type === 'MergeLeads' && activity.leadId === id)
      .length;
  };
  const orderingKey = `merge-${round}`;
  return [sync(winner, 1), sync(loser, 1), { ...planned, unsafe: true, executions }].map((one) => ({
    ...one,
    job: { ...one.job, orderingKey },
  }));
}

const local = (email: string): string => email.replace('@example.com', '');
