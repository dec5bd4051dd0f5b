import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createClient, type NewJob } from '../client/create-client.ts';
import { lineLog } from '../local/line-log.ts';
import { type LocalStack, startLocal } from '../local/start-local.ts';
import { budgetKey } from '../shared/aws/dynamo-table.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_RATE_PER_WINDOW, RATE_WINDOW_MS } from '../shared/config/limits.ts';
import { DEFAULT_ACCOUNT } from '../shared/config/names.ts';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import type { Witness } from '../simulator/witness.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { aimed, known, percent, type Row, say, seconds } from './harness/figures.ts';

const LATENCY = { minMs: 100, maxMs: 600 };
const LOOK_EACH_MS = 5_000;

const PER_MS = DEFAULT_RATE_PER_WINDOW / RATE_WINDOW_MS;

/** The most calls that any sender could have got through since its first: a full window at once, at each window's start. */
const mostCallsIn = (lastsMs: number): number =>
  DEFAULT_RATE_PER_WINDOW * Math.ceil(lastsMs / RATE_WINDOW_MS);

function* jobs(count: number): Generator<NewJob> {
  for (let n = 0; n < count; n += 1) {
    const leadRecord = { Email: `person${n}@example.com` };
    // What asks for its lead back shares no call.
    yield { operation: 'syncLead', params: { leadRecord, returnLead: true } };
  }
}

async function enqueue({ stack }: LocalStack, count: number): Promise<void> {
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack;
  const client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  for await (const result of client.enqueueAll(jobs(count)))
    if ('error' in result) throw new Error(result.error);
  client.close();
}

/** Counts the writes of the budget's document where they leave for the table, those that are refused included. */
function countBudgetWrites(): { readonly made: () => number } {
  let made = 0;
  const own = budgetKey(DEFAULT_ACCOUNT).pk;
  const send = DynamoDBClient.prototype.send as (...given: unknown[]) => unknown;
  const counting = function (this: DynamoDBClient, ...given: unknown[]): unknown {
    const [command] = given;
    if (command instanceof PutItemCommand && command.input.Item?.['pk']?.S === own) made += 1;
    return send.apply(this, given);
  };
  DynamoDBClient.prototype.send = counting as typeof DynamoDBClient.prototype.send;
  return { made: () => made };
}

async function measure({ size, dir, startMarketo, atEnd }: Stage): Promise<Measured> {
  const lastsMs = size * 1_000;
  const marketo = await startMarketo({ latency: LATENCY });
  const writes = countBudgetWrites();
  const log = lineLog({ write: (line) => process.stderr.write(line), clock: systemClock, verbose: false });
  const stack = await startLocal({ dataDir: dir, env: { ...marketo.env, MARKETO_TRANSPORT: 'soap' }, log });
  atEnd(() => stack.stop());
  await stack.eventSource.disable();
  await enqueue(stack, mostCallsIn(lastsMs) + DEFAULT_RATE_PER_WINDOW);
  await stack.eventSource.enable();
  let witness = await marketo.witness();
  const isOver = () => systemClock() > (witness.entries[0]?.at ?? Number.POSITIVE_INFINITY) + lastsMs;
  while (!isOver()) {
    await systemSleep(LOOK_EACH_MS);
    witness = await marketo.witness();
    say(`${witness.executed} executed, ${JSON.stringify(witness.rejected)}`);
  }
  // At the same moment: what was written for the calls that have arrived.
  const writesPerCall = writes.made() / witness.arrived;
  return { setting: settingOf(size), rows: rowsOf(witness, writesPerCall, lastsMs) };
}

const settingOf = (lastsS: number): string =>
  `The local stack (queue, table and worker in one process), cold, over SOAP against the simulator in another, a call a job: ` +
  `${DEFAULT_RATE_PER_WINDOW} calls in any ${RATE_WINDOW_MS / 1_000} s, ${DEFAULT_CONCURRENCY} at once, measured at arrival, ` +
  `rejections charged; a call takes ${LATENCY.minMs} to ${LATENCY.maxMs} ms. ${lastsS} s from the first arrival.`;

function rowsOf(witness: Witness, writesPerCall: number, lastsMs: number): readonly Row[] {
  const mostCalls = mostCallsIn(lastsMs);
  // A token costs nothing of the limits.
  const counted = witness.entries.filter(({ operation }) => operation !== 'identity');
  const from = counted[0]?.at ?? 0;
  const seen = counted.filter(({ at }) => at < from + lastsMs);
  // A job that is sent twice is no work done: only its first call counts.
  const executed = firstOfEach(seen.filter(({ outcome }) => outcome === 'executed'));
  const rejected = seen.filter(({ outcome }) => outcome.startsWith('rejected'));
  const late = executed.filter(({ at }) => at >= from + RATE_WINDOW_MS).length;
  const part = executed.length / mostCalls;
  const nearest = shortestSpan(seen.map(({ at }) => at));
  return [
    aimed(
      'calls rejected',
      rejected.length === 0 ? '0' : `${rejected.length} (${codesOf(rejected)})`,
      '0',
      rejected.length === 0,
    ),
    aimed(
      `jobs' calls executed, of the ${mostCalls} that any sender could get through in that time`,
      `${executed.length}: ${percent(part)}`,
      '95 % or more',
      part >= 0.95,
    ),
    known(
      'calls executed after the first window, of 5 a second',
      percent(late / ((lastsMs - RATE_WINDOW_MS) * PER_MS)),
    ),
    known(
      `shortest time that ${DEFAULT_RATE_PER_WINDOW + 1} arrivals in a row took (a rejection from ${RATE_WINDOW_MS / 1_000} s down)`,
      nearest === null ? 'too few arrivals' : seconds(nearest),
    ),
    known('most calls at once', String(witness.maxConcurrency)),
    aimed(
      'writes of the budget per call, release included',
      writesPerCall.toFixed(2),
      'below 2',
      writesPerCall < 2,
    ),
  ];
}

function firstOfEach<Call extends { readonly fingerprint: string }>(calls: readonly Call[]): readonly Call[] {
  const known = new Set<string>();
  return calls.filter(({ fingerprint }) => known.size < known.add(fingerprint).size);
}

function shortestSpan(arrivals: readonly number[]): number | null {
  const spans = arrivals
    .slice(DEFAULT_RATE_PER_WINDOW)
    .map((at, i) => at - (arrivals[i] ?? Number.NEGATIVE_INFINITY));
  return spans.length === 0 ? null : Math.min(...spans);
}

const codesOf = (rejected: readonly { readonly outcome: string }[]): string =>
  [...new Set(rejected.map(({ outcome }) => outcome.replace('rejected:', '')))].join(', ');

/**
 * The local stack at work, the simulator in a process of its own enforcing the real limits exactly, rejections charged.
 * Everything is counted by the simulator.
 */
export const bench: Bench = {
  title: 'Two minutes in real time',
  size: { of: 'seconds', usual: 120 },
  measure,
};
