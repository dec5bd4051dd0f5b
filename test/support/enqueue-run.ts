import { Command } from 'commander';
import type { Cli } from '../../cli/cli.ts';
import { defineEnqueue } from '../../cli/commands/enqueue.ts';
import type { Connection } from '../../cli/connection.ts';
import { Failure } from '../../cli/exit.ts';
import { plainStyle } from '../../cli/render/style.ts';
import type { Stop } from '../../cli/stop.ts';
import { letterIdOf } from '../../shared/deadletter/letter.ts';
import type { Job } from '../../shared/job/job.ts';
import { HOUR_MS, type Sleep, systemSleep } from '../../shared/kernel/clock.ts';
import { firstRow } from '../../shared/ledger/row.ts';
import { createDirectory } from '../../shared/marketo/rest/directory/create-directory.ts';
import { askingOf } from './asking.ts';
import { NOON } from './letters.ts';
import { operateWorld } from './operate.ts';

/** How a worker ends a job: with Marketo's code and words, or well; null: not at all. */
export type End = 'completed' | { readonly code: number; readonly message: string } | null;

/** After so long a sender writes down what it has sent, whatever else it does: time does not pass for that. */
const WRITTEN_AFTER_MS = 5_000;
const REAL_MS = 100;

/** A stack in memory whose worker ends, whenever somebody sleeps, each job that is in the queue. */
export function enqueueWorld(endOf: (job: Job) => End = () => 'completed') {
  const stack = operateWorld();
  const taken = new Set<string>();
  const work = async (): Promise<void> => {
    for (const job of stack.sent()) {
      const run = letterIdOf(job.id, job.epoch ?? 0);
      const end = taken.has(run) ? null : endOf(job);
      if (end === null) continue;
      taken.add(run);
      if (end !== 'completed') await stack.deadLetter(job, end);
      else
        await stack.putRow({
          ...firstRow(job, { sequenceNumber: '1', enqueuedAt: NOON }),
          state: { kind: 'completed', at: NOON, result: null, resultDropped: false },
        });
    }
  };
  const sleep: Sleep = async (ms, signal) => {
    if (ms === WRITTEN_AFTER_MS) return systemSleep(REAL_MS, signal);
    await stack.ports.sleep(ms);
    await world.onSleep();
  };
  const world = { ...stack, ports: { ...stack.ports, sleep }, onSleep: work };
  return world;
}

export type EnqueueWorld = ReturnType<typeof enqueueWorld>;

interface Given {
  readonly stdin?: string;
  readonly change?: Partial<Connection>;
  readonly stack?: Partial<Connection['stack']>;
  /** No stack is running. */
  readonly alone?: boolean;
  readonly stop?: Stop;
}

/** Runs `mktq enqueue` with these words. */
export async function runEnqueue(world: EnqueueWorld, words: readonly string[], given: Given = {}) {
  const out: string[] = [];
  const err: string[] = [];
  let code = 0;
  const { ports } = world;
  const stack: Connection['stack'] = {
    name: 'here',
    sqs: '',
    dynamodb: '',
    jobsQueueUrl: '',
    deadLetterQueueUrl: '',
    table: 'mktq',
    region: 'us-east-1',
    account: 'default',
    limits: ports.limits,
    retentionMs: ports.retentionMs,
    transport: 'rest',
    restChoices: { foreignIdField: null, partitions: {}, onDuplicate: 'dead-letter' },
    ...given.stack,
  };
  const cli: Cli = {
    stdout: { write: (text) => out.push(text) > 0 },
    stderr: { write: (text) => err.push(text) > 0, columns: 1_000 },
    stdin: (async function* () {
      yield given.stdin ?? '';
    })(),
    env: {},
    clock: ports.clock,
    sleep: ports.sleep,
    style: plainStyle,
    width: Number.POSITIVE_INFINITY,
    json: words.includes('--json'),
    dataDir: `${process.cwd()}/.mktq`,
    connect: async () => {
      if (given.alone === true) throw new Failure('no stack is running');
      return { ...ports, stack, close() {}, ...given.change };
    },
    stop: () => given.stop ?? { asked: false, whenAsked: new Promise(() => {}) },
    exitWith: (wanted) => {
      code = Math.max(code, wanted);
    },
  };
  const program = new Command('mktq').exitOverride().configureOutput({ writeErr: () => {} });
  defineEnqueue(program, cli);
  await program.parseAsync(['enqueue', ...words.filter((word) => word !== '--json')], { from: 'user' });
  const text = out.join('');
  const lines = () =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return { out: text, err: err.join(''), code, lines };
}

const field = (rest: string, soap: string, displayName: string) => ({
  id: 1,
  displayName,
  dataType: 'string',
  rest: { name: rest, readOnly: false },
  soap: { name: soap, readOnly: false },
});

/** Has a worker keep the description of an instance in the table, an hour ago. */
export async function describeInstance({ ports }: EnqueueWorld): Promise<void> {
  const worker = createDirectory({
    store: ports.directoryStore,
    clock: () => NOON - HOUR_MS,
    host: 'abc.mktorest.com',
    clientId: 'client-1',
    onStoreTrouble: () => undefined,
  });
  await worker.leadFields(
    askingOf(() => [
      field('email', 'Email', 'Email Address'),
      field('firstName', 'FirstName', 'First Name'),
      field('favouriteColour__c', 'FavouriteColour', 'Favourite colour'),
    ]),
  );
}
