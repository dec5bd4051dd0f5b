import type { Connection } from '../../cli/connection.ts';
import type { Stop } from '../../cli/stop.ts';
import { letterIdOf } from '../../shared/deadletter/letter.ts';
import type { Job } from '../../shared/job/job.ts';
import { HOUR_MS, type Sleep, systemSleep } from '../../shared/kernel/clock.ts';
import { firstRow } from '../../shared/ledger/row.ts';
import { createDirectory } from '../../shared/marketo/rest/directory/create-directory.ts';
import { askingOf } from './asking.ts';
import { command } from './command.ts';
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
export function runEnqueue(world: EnqueueWorld, words: readonly string[], given: Given = {}) {
  const { stdin, stop, alone, stack, change } = given;
  return command(world.ports, ['enqueue', ...words], {
    alone,
    ...(stdin === undefined ? {} : { stdin }),
    ...(stop === undefined ? {} : { stop }),
    ...(stack === undefined ? {} : { stack }),
    ...(change === undefined ? {} : { connection: change }),
  });
}

const field = (rest: string, soap: string, displayName: string, readOnly = false) => ({
  id: 1,
  displayName,
  dataType: 'string',
  rest: { name: rest, readOnly },
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
      field('createdAt', 'CreatedAt', 'Created At', true),
    ]),
  );
}
