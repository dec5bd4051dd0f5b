import { expect, test } from 'vitest';
import type { Job } from '../../shared/job/job.ts';
import type { HttpReply } from '../../shared/marketo/transport.ts';
import { runBatch } from '../../shared/run/batch.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { memoryStore } from '../support/asking.ts';
import { issued, jsonReply } from '../support/identity.ts';
import { everyWay } from '../support/interleave.ts';
import type { Arrived } from '../support/rest-wire.ts';
import { Process } from '../support/stopping-process.ts';
import { type Answering, portsOf } from '../support/stopping-worker.ts';
import { createWorld, deliveryOf, syncLeadJob, type World } from '../support/work-world.ts';

/** Longer than an invocation and the grace of its claims, and than what Marketo may still be doing. */
const CLAIMS_MS = 700_000;
const MOST_EVENTS = 12;
const WRITE = 'POST /rest/v1/leads.json';

const writing = (id: string, name: string, attrName: string, attrValue: string): Job =>
  syncLeadJob(id, `${name}@example.com`, {
    params: {
      leadRecord: {
        Email: `${name}@example.com`,
        leadAttributeList: { attribute: [{ attrName, attrValue }] },
      },
      returnLead: false,
    },
  });

/** Three share a call, of which one is wrong; a fourth is the second write of a lead, behind the first in its group. */
const JOBS: readonly Job[] = [
  writing('a1', 'ann', 'FirstName', 'first'),
  writing('b', 'bob', 'FirstName', 'only'),
  writing('bad', 'eve', 'Pants', 'red'),
  writing('a2', 'ann', 'FirstName', 'second'),
];

const rows = (result: readonly unknown[]): HttpReply =>
  jsonReply({ requestId: 'a#1', success: true, result });

const field = (rest: string, soap: string) => ({
  id: 1,
  displayName: soap,
  dataType: 'string',
  rest: { name: rest, readOnly: false },
  soap: { name: soap, readOnly: false },
});

/** Marketo is well, but for the first write, whose answer may be lost. It notes the values of each lead as they come. */
class Marketo implements Answering {
  readonly written: Record<string, string[]> = {};
  #losesAnswer: boolean;

  constructor(losesAnswer: boolean) {
    this.#losesAnswer = losesAnswer;
  }

  answer({ line, body }: Arrived): HttpReply | null {
    if (line.endsWith('/identity/oauth/token')) return issued('token');
    if (line === 'GET /rest/v1/leads/describe.json')
      return rows([field('email', 'Email'), field('firstName', 'FirstName')]);
    if (line !== WRITE) return rows([]);
    const { input } = JSON.parse(body) as {
      readonly input: readonly { readonly email: string; readonly firstName: string }[];
    };
    for (const { email, firstName } of input) {
      const name = email.split('@')[0] ?? '';
      this.written[name] = [...(this.written[name] ?? []), firstName];
    }
    const isLost = this.#losesAnswer;
    this.#losesAnswer = false;
    return isLost ? null : rows(input.map((_, at) => ({ id: at + 1, status: 'updated' })));
  }
}

const endOf = (world: World, id: string): string => {
  const letter = world.archive.letters().find(({ jobId }) => jobId === id);
  return letter === undefined
    ? (world.ledger.row(id)?.state.kind ?? 'nothing')
    : `${letter.class} ${letter.code}`;
};

const isEnded = (world: World, { id }: Job): boolean =>
  ['completed', 'dead-lettered'].includes(world.ledger.row(id)?.state.kind ?? '');

const event = (world: World, ports: RunPorts, stopping?: AbortSignal) =>
  runBatch(
    JOBS.filter((job) => !isEnded(world, job)).map((job) => deliveryOf(job)),
    { ...world.invocation(), stopping },
    ports,
  );

test.each([
  ['well', false],
  ['with the answer to the first write lost', true],
])(
  'jobs that share a call, their worker dying, asleep or stopped at any effect (%s), all end, and a lead’s writes keep their order',
  async (_, losesAnswer) => {
    const stops = new Set<string>();
    const shared = new Set<number>();
    await everyWay(async (choose) => {
      const world = createWorld();
      const marketo = new Marketo(losesAnswer);
      const store = memoryStore();
      const process = (isFirst: boolean) => new Process(choose, isFirst);
      const portsWith = (of: Process): RunPorts => ({
        ...world.ports,
        ...portsOf(world, marketo, store, of),
      });

      const first = process(true);
      const run = event(world, portsWith(first), first.asked);
      await Promise.race([run, first.stopped]);
      stops.add(`${first.fate}: ${first.at}`);
      world.advance(CLAIMS_MS);
      for (let events = 0; JOBS.some((job) => !isEnded(world, job)); events += 1) {
        if (events === MOST_EVENTS) throw new Error('without end');
        await event(world, portsWith(process(false)));
        world.advance(CLAIMS_MS);
      }
      // Its claims are others' now, whatever it was about to do.
      first.wake();
      if (first.fate === 'asleep') await run;

      const where = `${first.fate} at ${first.at}: ${JSON.stringify(marketo.written)}`;
      const ends = JOBS.map(({ id }) => endOf(world, id));
      expect(ends, where).toEqual(['completed', 'completed', 'invalid-request 1006', 'completed']);
      const { ann = [], bob = [] } = marketo.written;
      // Held up in the network itself for longer than Marketo may be at it, it is past all that a sender can know.
      const isLate = first.fate === 'asleep' && first.at === WRITE;
      if (!isLate) expect(ann.join(' '), where).toMatch(/^first( first)*( second)+$/);
      expect(bob.length, where).toBeLessThanOrEqual(first.fate === 'runs' && !losesAnswer ? 1 : 3);
      expect(bob.length, where).toBeGreaterThanOrEqual(1);
      expect(Object.keys(marketo.written).toSorted(), where).toEqual(['ann', 'bob']);
      shared.add(Math.max(...(world.ledger.row('b')?.attempts ?? []).map((attempt) => attempt.shared ?? 1)));
    });
    expect([...shared]).toContain(3);
    expect([...stops]).toEqual(
      expect.arrayContaining(
        ['dead', 'asleep', 'asked to end'].flatMap((fate) => [
          `${fate}: write the row`,
          `${fate}: permit`,
          `${fate}: ${WRITE}`,
          // Without its answer nothing of the call is decided yet.
          ...(losesAnswer ? [] : [`${fate}: file`]),
        ]),
      ),
    );
  },
  120_000,
);
