import type { Job } from '../../../shared/job/job.ts';
import { createWire } from '../../../shared/marketo/http/wire.ts';
import { runBatch } from '../../../shared/run/batch.ts';
import { callOf } from '../../../shared/run/carry.ts';
import type { Instance } from '../../../simulator/instance/instance.ts';
import type { Rule } from '../../../simulator/script.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import { directSend } from '../../support/direct-send.ts';
import { createWorld, deliveryOf, type World } from '../../support/work-world.ts';
import { restTransport, soapTransport } from '../transports/worlds.ts';

const START = Date.parse('2026-11-22T18:00:00Z');
/** Longer than any wait of a job's own. */
const PASS_MS = 20 * 60_000;
/** Every job has ended by then: it has twelve attempts, and what spends none is scripted to come a few times. */
const MOST_EVENTS = 40;

export interface Play {
  readonly jobs: readonly Job[];
  /** Done before, each by itself and without trouble. */
  readonly before: readonly Job[];
  readonly rules: readonly Rule[];
}

export interface Played {
  /** How each job ended, by its id: its state, and class and code of its letter. */
  readonly ends: Readonly<Record<string, string>>;
  readonly state: unknown;
  /** What was counted against the job to which most was. */
  readonly mostCounted: number;
  readonly calls: number;
  readonly kept: number;
}

/** Works on jobs to their ends at an instance of its own, over real sockets and with the stores in memory. */
export async function play(
  { jobs, before, rules }: Play,
  over: 'soap' | 'rest',
  way: 'one by one' | 'packed',
): Promise<Played> {
  let clock = () => START;
  const simulator = await startSimulator({ clock: () => clock(), limits: { ratePerWindow: 100_000 } });
  const world = createWorld({ startAt: START });
  clock = world.now;
  const wire = createWire({ clock: world.now });
  try {
    const soap = soapTransport(simulator, world.now);
    for (const job of before) {
      const { kind } = await soap.run(callOf({ job }), directSend(wire));
      if (kind !== 'answered') throw new Error(`cannot prepare ${job.id}: ${kind}`);
    }
    const transport = over === 'soap' ? soap : restTransport(simulator, world.now, {});
    simulator.script(rules);
    let calls = 0;
    const counted: typeof transport = {
      ...transport,
      bounds: way === 'packed' ? transport.bounds : undefined,
      run: (call, send) => {
        calls += 1;
        return transport.run(call, send);
      },
    };
    await workOn(world, jobs, { transport: counted, wire });
    return {
      ends: Object.fromEntries(jobs.map(({ id }) => [id, endOf(world, id)])),
      state: stateOf(simulator.instance()),
      mostCounted: Math.max(...jobs.map(({ id }) => world.ledger.row(id)?.counted ?? 0)),
      calls,
      kept: world.keptCalls.kept().length,
    };
  } finally {
    wire.close();
    await simulator.close();
  }
}

/** Event after event, as SQS would deliver what came back. */
async function workOn(world: World, jobs: readonly Job[], over: Partial<World['ports']>): Promise<void> {
  let left = jobs;
  for (let events = 0; left.length > 0; events += 1) {
    if (events > MOST_EVENTS) throw new Error(`without end: ${left.map(({ id }) => id).join(', ')}`);
    await runBatch(
      left.map((job) => deliveryOf(job)),
      world.invocation(),
      { ...world.ports, ...over },
    );
    left = jobs.filter(({ id }) => !['completed', 'dead-lettered'].includes(stateOfRow(world, id)));
    world.advance(PASS_MS);
  }
}

const stateOfRow = (world: World, id: string): string => world.ledger.row(id)?.state.kind ?? 'nothing';

function endOf(world: World, id: string): string {
  const letter = world.archive.letters().find(({ jobId }) => jobId === id);
  const result = world.ledger.row(id)?.state;
  const kept = result?.kind === 'completed' ? `, ${shapeOf(result.result)}` : '';
  return letter === undefined ? `${stateOfRow(world, id)}${kept}` : `${letter.class} ${letter.code}`;
}

/**
 * What a result consists of, without ids: those of new leads go by the order of the calls. Nor the lead of `returnLead`: what Marketo
 * does to the request that reads it back costs the job that part alone (docs/rest.md).
 */
function shapeOf(ref: { readonly kind: string; readonly text?: string } | null): string {
  const parsed: unknown = JSON.parse(ref?.text ?? 'null');
  return JSON.stringify(parsed, (name, value) => {
    if (name === 'leadRecord' && !Array.isArray(value)) return undefined;
    return /id$/i.test(name) || name === 'status' ? '…' : value;
  });
}

/** What jobs on leads change, without the times and ids at which they did. */
function stateOf({ leads, lists }: Instance): unknown {
  const people = [...leads.values()].map(({ id, email, attributes }) => ({
    id,
    text: JSON.stringify([email, [...attributes].toSorted()]),
  }));
  const textOf = (id: number): string => people.find((one) => one.id === id)?.text ?? '?';
  return {
    people: people.map(({ text }) => text).toSorted(),
    lists: [...lists.values()].map(({ name, members }) => [name, [...members].map(textOf).toSorted()]),
  };
}
