import { describe, expect, test } from 'vitest';
import type { Job } from '../../shared/job/job.ts';
import type { HttpReply } from '../../shared/marketo/transport.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { run as runJob } from '../../shared/run/run.ts';
import type { Turn } from '../../shared/run/turns.ts';
import { memoryStore } from '../support/asking.ts';
import { issued, jsonReply } from '../support/identity.ts';
import { everyWay } from '../support/interleave.ts';
import type { Arrived } from '../support/rest-wire.ts';
import { Process } from '../support/stopping-process.ts';
import { portsOf } from '../support/stopping-worker.ts';
import { createWorld, deliveryOf, requestCampaignJob, type World, working } from '../support/work-world.ts';

/** Longer than an invocation and the grace of its claim. */
const CLAIM_MS = 400_000;
const MOST_DELIVERIES = 12;
const ALONE: Turn = { untilApart: async () => {}, isAlone: () => false, leave: () => {} };

interface Case {
  readonly job: Job;
  /** A request before it. */
  readonly lookUp: string;
  /** The request that must not be done twice. */
  readonly announced: string;
}

const leadKey = (keyValue: string) => ({ keyType: 'EMAIL', keyValue }) as const;
const attribute = (attrName: string, attrValue: string) => ({ attribute: [{ attrName, attrValue }] });

const CASES: Readonly<Record<string, Case>> = {
  'a campaign request by e-mail': {
    job: requestCampaignJob('j', 'a@example.com'),
    lookUp: 'GET /rest/v1/leads.json',
    announced: 'POST /rest/v1/campaigns/1001/trigger.json',
  },
  'a campaign request by names': {
    job: {
      version: 1,
      id: 'j',
      operation: 'requestCampaign',
      params: {
        source: 'MKTOWS',
        programName: 'Webinar',
        campaignName: 'Invitation',
        leadList: { leadKey: [leadKey('a@example.com')] },
      },
    },
    lookUp: 'GET /rest/v1/campaigns.json',
    announced: 'POST /rest/v1/campaigns/1001/trigger.json',
  },
  'a merge by e-mail': {
    job: {
      version: 1,
      id: 'j',
      operation: 'mergeLeads',
      params: {
        winningLeadKeyList: attribute('EMAIL', 'a@example.com'),
        losingLeadKeyLists: { keyList: [attribute('EMAIL', 'b@example.com')] },
        mergeInSales: false,
      },
    },
    lookUp: 'GET /rest/v1/leads.json',
    announced: 'POST /rest/v1/leads/1/merge.json',
  },
  'a lead that is created for its cookie': {
    job: {
      version: 1,
      id: 'j',
      operation: 'syncLead',
      params: {
        leadRecord: { leadAttributeList: attribute('FirstName', 'Ann') },
        returnLead: false,
        marketoCookie: 'id:287-GTJ-838&token:_mch-1',
      },
    },
    lookUp: 'GET /rest/v1/leads.json',
    announced: 'POST /rest/v1/leads.json',
  },
};

const rows = (...result: readonly unknown[]): HttpReply =>
  jsonReply({ requestId: 'a#1', success: true, result });

/** Marketo is well. Leads 1 and 2 have the addresses, and nobody the cookie. */
function answerTo({ line, query }: Arrived): HttpReply {
  switch (line) {
    case 'GET /identity/oauth/token':
    case 'POST /identity/oauth/token':
      return issued('token');
    case 'GET /rest/v1/leads.json': {
      const values = query.get('filterValues')?.split(',') ?? [];
      const leads = ['a@example.com', 'b@example.com'].map((email, at) => ({ id: at + 1, email }));
      return rows(...leads.filter(({ email }) => values.includes(email)));
    }
    case 'GET /rest/v1/leads/describe.json':
      return rows(
        ...['id', 'email', 'firstName'].map((name, at) => ({
          id: at + 1,
          displayName: name,
          dataType: 'string',
          rest: { name, readOnly: name === 'id' },
          soap: {
            name: name === 'id' ? 'Id' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
            readOnly: false,
          },
        })),
      );
    case 'GET /rest/v1/campaigns.json':
      return rows({ id: 1001, name: 'Invitation', programName: 'Webinar', type: 'trigger', active: true });
    case 'POST /rest/v1/leads.json':
      return rows({ id: 3, status: 'created' });
    case 'POST /rest/v1/campaigns/1001/trigger.json':
      return rows({ id: 1001 });
    default:
      return jsonReply({ requestId: 'a#1', success: true });
  }
}

/** How the announced request of the first process goes: well, or once not. */
type Loses = 'nothing' | 'the answer' | 'the request' | 'the token';

/** Everything that has come to Marketo, from whichever process. */
class Marketo {
  readonly arrivals: string[] = [];
  /** An announced request has got no answer. */
  hasLost = false;
  readonly #announced: string;
  #loses: Loses;

  constructor(announced: string, loses: Loses) {
    this.#announced = announced;
    this.#loses = loses;
  }

  answer(arrived: Arrived, isFirst: boolean): HttpReply | null {
    const { line } = arrived;
    const loses = isFirst && line === this.#announced ? this.#loses : 'nothing';
    if (loses !== 'nothing') this.#loses = 'nothing';
    if (loses === 'nothing' || loses === 'the answer') this.arrivals.push(line);
    if (loses === 'the token')
      return jsonReply({ requestId: 'a#1', success: false, errors: [{ code: '602', message: 'expired' }] });
    if (loses === 'nothing') return answerTo(arrived);
    this.hasLost = true;
    return null;
  }

  /** How often the announced request was carried out. */
  done(): number {
    return this.arrivals.filter((line) => line === this.#announced).length;
  }
}

const hasIntent = (world: World): boolean => {
  const state = world.ledger.row('j')?.state;
  return state?.kind === 'running' && state.intentAt !== null;
};

/** Delivers the job until its message is acknowledged. */
async function deliver(world: World, ports: () => Partial<RunPorts>, job: Job): Promise<void> {
  for (let times = 0; times < MOST_DELIVERIES; times += 1) {
    const settled = await world.run(job, ports());
    if (settled.kind === 'acknowledge') return;
    const until = settled.kind === 'hide' ? settled.until : null;
    world.advance(Math.max(1_000, (until ?? 0) - world.now()));
  }
  throw new Error(`the job has not ended: ${JSON.stringify(world.ledger.row('j')?.state)}`);
}

describe.each(Object.entries(CASES))(
  '%s, its worker dying, asleep or stopped at any effect',
  (_name, given) => {
    test.each<Loses>(['nothing', 'the answer', 'the request', 'the token'])(
      'is done once, or in doubt where it was announced (the network loses %s)',
      async (loses) => {
        const { job, announced, lookUp } = given;
        const ends = new Set<string>();
        const stops = new Set<string>();
        await everyWay(async (choose) => {
          const world = createWorld();
          const marketo = new Marketo(announced, loses);
          const store = memoryStore();
          const first = new Process(choose, true);
          const ports = { ...world.ports, ...portsOf(world, marketo, store, first) };
          const invocation = { ...world.invocation(), stopping: first.asked };
          const run = runJob(deliveryOf(job), ALONE, working(invocation, ports), ports);
          await Promise.race([run.catch(() => undefined), first.stopped]);
          const isAnnounced = hasIntent(world);
          stops.add(`${first.fate}: ${first.at}${isAnnounced ? ', announced' : ''}`);
          world.advance(CLAIM_MS);
          await deliver(world, () => portsOf(world, marketo, store, new Process(choose, false)), job);
          // Its claim is another's now, whatever it was about to do.
          first.wake();
          if (first.fate === 'asleep') await run.catch(() => undefined);

          const letters = world.archive.letters().map((letter) => letter.class);
          const end = [world.ledger.row('j')?.state.kind, ...letters].join(' ');
          ends.add(`${end}, done ${marketo.done()}`);
          const mayDoubt = isAnnounced || marketo.hasLost;
          const allowed = [
            'completed, done 1',
            ...(mayDoubt ? ['dead-lettered in-doubt, done 0', 'dead-lettered in-doubt, done 1'] : []),
          ];
          const where = `${first.fate} at ${first.at}: ${marketo.arrivals.join(', ')}`;
          expect(allowed, where).toContain(`${end}, done ${marketo.done()}`);
        });
        expect([...stops]).toEqual(
          expect.arrayContaining([
            ...['dead', 'asleep'].flatMap((fate) => [
              `${fate}: permit`,
              `${fate}: ${lookUp}`,
              `${fate}: permit again, announced`,
              `${fate}: ${announced}, announced`,
            ]),
            'dead: write the row, announced',
            'asleep: write the row',
          ]),
        );
        expect([...ends].sort()).toEqual([
          'completed, done 1',
          'dead-lettered in-doubt, done 0',
          'dead-lettered in-doubt, done 1',
        ]);
      },
      60_000,
    );
  },
);
