import { batchIsCancelled, type EnqueuePorts, enqueueJobs } from '../../client/enqueue-jobs.ts';
import { transportOf } from '../../shared/config/marketo.ts';
import type { Job } from '../../shared/job/job.ts';
import type { OutgoingMessage, SendResult } from '../../shared/job/queues.ts';
import { absent, type Changed, type Copy } from '../../shared/kernel/document.ts';
import { ulidMaker } from '../../shared/kernel/ulid.ts';
import { watchCancellations } from '../../shared/ledger/cancellations.ts';
import { CallsNeeded } from '../../shared/operate/calls-needed.ts';
import { readEstimate } from '../../shared/operate/redrive/estimate.ts';
import { connectionOf } from '../check/basis.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { Failure } from '../exit.ts';
import { type DryRun, dryRunJson, dryRunText } from '../render/dry-run.ts';
import { note, print, printJson } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, oneLine } from '../render/text.ts';
import { wordsFor } from '../trouble.ts';
import { type Asked, candidatesOf } from './candidates.ts';
import { Corrections } from './corrections.ts';
import type { Input } from './input.ts';
import { completer, type EnqueueOptions } from './options.ts';
import { closeRejects, type Rejects } from './rejects.ts';

const FIRST_IDS = 5;

/**
 * Does what enqueue would do but for sending and writing: each row is completed, validated and looked up as it would be, so that
 * what is refused here is what would be. Without a stack, or a table that answers, it says what it could not compare.
 */
export async function dryRun(
  cli: Cli,
  options: EnqueueOptions,
  input: Input,
  rejects: Rejects | null,
): Promise<void> {
  const stack = await connectionOf(cli);
  const { known, because } = await reachOf(stack);
  if (
    known !== null &&
    options.batch !== undefined &&
    (await known.cancellations.get(options.batch)) !== null
  )
    throw new Failure(batchIsCancelled(options.batch));
  const transport = stack?.stack.transport ?? transportOf(cli.env);
  const calls = new CallsNeeded(transport);
  const made = ulidMaker(cli.clock)();
  const ids: string[] = [];
  let first: Job | null = null;
  const send = (message: OutgoingMessage): void => {
    const job = JSON.parse(message.body) as Job;
    calls.add(job);
    first ??= job;
    if (ids.length < FIRST_IDS && !job.id.startsWith(made)) ids.push(job.id);
  };
  const asked: Asked[] = [];
  const counts = { rows: 0, jobs: 0, redriven: 0, known: 0, refused: 0 };
  const shown = progress(cli.stderr, cli.clock);
  const complete = completer(options);
  const corrections =
    known === null
      ? null
      : new Corrections(
          { ...known, makeId: () => made },
          { ...options, complete, onAside: () => showProgress() },
        );
  const showProgress = (): void => {
    const read = counts.rows + (corrections?.left() ?? 0);
    shown.show(`${count(read)} read, ${count(counts.refused)} refused`);
  };
  const rows = corrections?.of(input.rows, input.csvHeader) ?? input.rows;
  const source = candidatesOf(rows, { complete, clock: cli.clock, asked });
  for await (const result of enqueueJobs(dryPorts(cli, known, made, send), source)) {
    const { line = 0, cells = [] } = asked.shift() ?? {};
    counts.rows += 1;
    if ('error' in result) {
      counts.refused += 1;
      rejects?.add({ line, cells, reason: result.error, idIsTaken: result.idIsTaken });
      shown.done();
      note(cli, `line ${line}: ${oneLine(result.error)}`);
      if (cli.json) await printJson(cli, { line, error: result.error });
    } else counts[result.sent ? 'jobs' : 'known'] += 1;
    showProgress();
  }
  for (const job of corrections?.jobs() ?? []) {
    calls.add(job);
    counts.rows += 1;
    counts.redriven += 1;
  }
  corrections?.close();
  shown.done();
  if (rejects !== null) closeRejects(cli, rejects, true);
  if (counts.refused > 0) cli.exitWith(1);
  const estimate = known === null ? null : await readEstimate(known, calls.calls());
  const found: DryRun = {
    ...counts,
    known: known === null ? null : counts.known,
    ids,
    firstJob: first === null ? null : asGiven(first, made),
    calls: calls.calls(),
    estimate,
    header: input.header(),
    notCompared: because,
  };
  await print(cli, dryRunJson(found), () => dryRunText(cli, found));
}

interface Reach {
  readonly known: Connection | null;
  /** Why nothing is known, in words. */
  readonly because: string | null;
}

async function reachOf(stack: Connection | null): Promise<Reach> {
  if (stack === null) return { known: null, because: 'no stack is running here' };
  try {
    await stack.budgetStore.get();
    return { known: stack, because: null };
  } catch (error) {
    return { known: null, because: wordsFor(error) };
  }
}

/** Reads what there is to read, takes every message and writes nothing. */
function dryPorts(
  cli: Cli,
  known: Connection | null,
  made: string,
  take: (message: OutgoingMessage) => void,
): EnqueuePorts {
  let named = 0;
  const send = async (messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]> =>
    messages.map((message) => {
      take(message);
      return { kind: 'sent', messageId: '', sequenceNumber: null };
    });
  return {
    clock: cli.clock,
    makeId: () => {
      named += 1;
      return `${made}-${named}`;
    },
    jobsQueue: { send },
    ledger: { get: async (id) => (known === null ? null : known.ledger.get(id)), change: left },
    chunks: { read: async (id) => (known === null ? absent(id) : known.chunks.read(id)), change: left },
    isCancelled: known === null ? async () => false : watchCancellations(known.cancellations, cli.clock),
  };
}

const left = async <T>(at: string | Copy<T | null>): Promise<Changed<T>> => ({
  kind: 'left',
  copy: typeof at === 'string' ? absent(at) : at,
});

/** Without what is only made when it is sent. */
function asGiven(job: Job, made: string): Omit<Job, 'id'> {
  const { id, ...rest } = job;
  return id.startsWith(made) ? rest : job;
}
