import type { Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { type Random, seededRandom } from '../../shared/kernel/random.ts';
import type { Rule } from '../../simulator/script.ts';
import { type Action, type Face, type Hit, troubledCampaign } from './faces.ts';
import {
  campaign,
  customObject,
  emailOf,
  importation,
  insertion,
  merge,
  nobodyOnList,
  noCampaign,
  type PlannedJob,
  plain,
  read,
  readNobody,
  schedule,
  several,
  sync,
  syncWithCookie,
  toList,
  unknownField,
} from './jobs.ts';

/** In the name of every lead that the script makes trouble for. */
export const TROUBLE = 'trouble';

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
  /** For how many rounds the simulator has to have what they need. */
  readonly rounds: number;
}

interface Making {
  readonly random: Random;
  readonly face: Face;
  /** Distinguishes everything that one round makes. */
  readonly round: number;
}

/** Every round brings an ordered lead, something unsafe, something that fails and a read; some bring more. */
export function planWorkload(seed: number, rounds: number, face: Face): Workload {
  const random = seededRandom(seed);
  const chains: Chain[] = [];
  const troubles = Array.from({ length: rounds }, (_, round) => troubleOf(round, face)).filter(
    (trouble) => trouble !== null,
  );
  const throttle: Action = { kind: 'fault', code: face.throttle };
  const last: Trouble = { round: rounds, action: throttle, hits: 'requestCampaign' };
  let round = 0;
  const give = (more: readonly Chain[]): readonly Chain[] => {
    chains.push(...more);
    return more;
  };
  return {
    chains,
    rounds,
    // Fixed before the first call: the simulator forgets which rules are used up when it is given others.
    rules: [...face.rules, ...[...troubles, last].map((trouble) => ruleOf(trouble, face))],
    next() {
      if (round >= rounds) throw new Error(`no work was planned beyond ${rounds} rounds`);
      round += 1;
      return give(chainsOf({ random, face, round: round - 1 }));
    },
    last: () => give([troubleChain(last, face)]),
  };
}

function chainsOf(making: Making): Chain[] {
  const { round, face } = making;
  const trouble = troubleOf(round, face);
  return [
    ...(round % 2 === 0 ? company(making) : []),
    leadChain(making),
    pick(UNSAFE, round)(making),
    pick(FAILING, round)(making),
    pick(OTHERS, round)(making),
    ...(trouble === null ? [] : [troubleChain(trouble, face)]),
    ...(round % 4 === 2 ? [parkedChain(making)] : []),
    ...(round % 5 === 3 ? [rawChain(making)] : []),
  ];
}

const pick = <T>(of: readonly [T, ...T[]], index: number): T => of[index % of.length] ?? of[0];

/** Writes of one lead in a row, with a list and a campaign among them. */
function leadChain({ random, round }: Making): Chain {
  const email = emailOf('order', round);
  const length = 2 + Math.floor(random() * 4);
  const writes = Array.from({ length }, (_, seq) => sync(email, seq + 1));
  const at = 1 + Math.floor(random() * length);
  const between = random() < 0.5 ? [campaign(email, 1001, round % 4 === 0)] : [toList(email)];
  return [...writes.slice(0, at), ...between, ...writes.slice(at), read(email)];
}

/**
 * Leads of which each can share its calls with the others, but for the one campaign request that must not be repeated, and one of
 * each kind of call that fails beside those that do not.
 */
function company({ round, face }: Making): Chain[] {
  const chains = [0, 1, 2].map((nth): Chain => {
    const email = emailOf(`company-${nth}`, round);
    return [sync(email, 1), toList(email), sync(email, 2), campaign(email, 1003, nth > 0), read(email)];
  });
  const failing = [unknownField(emailOf('unknown-beside', round), face), nobodyOnList(round, face)] as const;
  // In front: asked first, and alone, it must not speak for those behind it.
  return [[pick(failing, round / 2)], [readNobody(round, face)], ...chains];
}

const UNSAFE: readonly [(making: Making) => Chain, ...((making: Making) => Chain)[]] = [
  ({ round }) => [sync(emailOf('ask', round), 1), campaign(emailOf('ask', round), 1002, false)],
  ({ round, face }) => [insertion(round, face)],
  ({ round }) => merge(round),
  ({ round }) => [sync(emailOf('named', round), 1), campaign(emailOf('named', round), INVITATION, false)],
  ({ round }) => [schedule(round)],
  ({ round }) => [sync(emailOf('again', round), 1), campaign(emailOf('again', round), 1003, true)],
  ({ round }) => [importation(round)],
];

const INVITATION = { programName: 'Webinar', campaignName: 'Invitation' } as const;

const FAILING: readonly [(making: Making) => Chain, ...((making: Making) => Chain)[]] = [
  ({ round, face }) => [unknownField(emailOf('unknown', round), face)],
  ({ round, face }) => [sync(emailOf('nowhere', round), 1), noCampaign(emailOf('nowhere', round), face)],
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
  ({ round }) => [
    sync(emailOf('visitor', round), 1),
    syncWithCookie(emailOf('visitor', round), 2),
    sync(emailOf('visitor', round), 3),
  ],
];

interface Trouble {
  readonly round: number;
  readonly action: Action;
  readonly hits: Hit;
}

/** Every third round: now trouble that is harmless to any job, now trouble that leaves an unsafe one in doubt. */
function troubleOf(round: number, { hits, harmless, muddling }: Face): Trouble | null {
  if (round % 3 !== 1) return null;
  const turn = Math.floor(round / 3);
  const action = HARMLESS_TURNS.has(turn % 5) ? pick(harmless, Math.floor(turn / 5)) : pick(muddling, turn);
  return { round, action, hits: pick(hits, turn) };
}

/** Of five: each of two or three requests meets either kind. */
const HARMLESS_TURNS: ReadonlySet<number> = new Set([0, 3]);

const ruleOf = ({ round, action, hits }: Trouble, { match }: Face): Rule => ({
  match: match(hits, { email: emailOf(TROUBLE, round), campaignId: troubledCampaign(round) }),
  do: action,
});

/** Only the request that must not be sent twice can leave its job in doubt: a look-up before it cannot. */
function troubleChain({ round, action, hits }: Trouble, { proving }: Face): Chain {
  const email = emailOf(TROUBLE, round);
  const proves = action.kind === 'fault' && proving.has(action.code);
  const unclear = hits === 'requestCampaign' && !proves;
  return [sync(email, 1), { ...campaign(email, troubledCampaign(round), false), unclear }, sync(email, 2)];
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
    // In one group with it: in two, either may be claimed first, and the id is that one's.
    {
      kind: 'raw',
      body: JSON.stringify(other),
      group: messageFor({ version: 1, ...original.job } as Job).groupId,
    },
    {
      kind: 'raw',
      body: JSON.stringify({ version: 1, id: `strange-${round}`, operation: 'eraseAll', params: {} }),
      group: 'strange',
    },
  ];
}
