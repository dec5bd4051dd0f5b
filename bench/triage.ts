import { awsServices } from '../client/aws-services.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { type Bench, inTurns, type Measured, type Stage } from './harness/bench.ts';
import {
  aimed,
  known,
  median,
  megabytes,
  ms,
  type Row,
  range,
  say,
  seconds,
  whole,
} from './harness/figures.ts';
import { runMktq } from './harness/run-mktq.ts';
import { BATCH, FIRST_CAUSE, writeDeadJobs } from './subjects/dead-jobs.ts';

const ROUNDS = 3;
const FIRST_LINE_MS = 1_000;

type Ran = Awaited<ReturnType<typeof runMktq>>;

/** What is typed, and how much processor time it may take at 20,000 letters; null: to be known. */
const COMMANDS: Readonly<
  Record<string, { readonly words: (round: number) => readonly string[]; readonly aimMs: number | null }>
> = {
  'dlq redrive --cause X --dry-run': {
    words: () => ['dlq', 'redrive', '--cause', FIRST_CAUSE, '--dry-run'],
    aimMs: 2_000,
  },
  'dlq list --json': { words: () => ['dlq', 'list', '--json'], aimMs: 3_000 },
  'forget --lead L': { words: (round) => ['forget', '--lead', `person${round}@example.com`], aimMs: 3_000 },
  'dlq list': { words: () => ['dlq', 'list'], aimMs: null },
  'dlq list --by-cause --batch B': {
    words: () => ['dlq', 'list', '--by-cause', '--batch', BATCH],
    aimMs: null,
  },
  'dlq list --text T': { words: () => ['dlq', 'list', '--text', 'Zoë, the 19999th'], aimMs: null },
  'jobs list --batch B': { words: () => ['jobs', 'list', '--batch', BATCH], aimMs: null },
  'jobs show ID': { words: () => ['jobs', 'show', `${BATCH}-7`], aimMs: null },
  status: { words: () => ['status'], aimMs: null },
};

async function measure({ size, startIdleStack, atEnd }: Stage): Promise<Measured> {
  const { dataDir, stack } = await startIdleStack({});
  const clients = createAwsClients(awsServices(stack.region, stack));
  atEnd(async () => clients.destroy());
  say(`writing ${size} letters and their rows`);
  await writeDeadJobs(clients.dynamodb, stack.table, size);
  const cases = Object.fromEntries(
    Object.entries(COMMANDS).map(([name, { words }]) => [
      name,
      (round: number) => runMktq(...words(round), '--data', dataDir),
    ]),
  );
  const listed = await runMktq('dlq', 'list', '--json', '--data', dataDir);
  const found = (JSON.parse(listed.stdout) as unknown[]).length;
  if (found !== size) throw new Error(`${found} letters are listed, not ${size}`);
  const samples = await inTurns(cases, { rounds: ROUNDS });
  return {
    setting:
      `${whole(size)} open letters of 15 causes, 30 % of them of one, each of a job of its own on a lead of its own, in the local stack's table, on ` +
      `disk, which is a process of its own. User time of the command's process, from start to end; the first that it writes counts from its start. ` +
      `The median of ${ROUNDS}.`,
    rows: Object.entries(COMMANDS).flatMap(([name, { aimMs }]) => rowsOf(name, samples[name] ?? [], aimMs)),
  };
}

function rowsOf(name: string, ran: readonly Ran[], aimMs: number | null): readonly Row[] {
  const user = ran.map(({ userMs }) => userMs);
  const first = ran.map(({ firstMs }) => firstMs ?? Number.POSITIVE_INFINITY);
  const peak = Math.max(...ran.map(({ peakBytes }) => peakBytes));
  const figure = `${range(user, seconds)}; ${megabytes(peak)} at most`;
  // What is sought by its text may be the last there is.
  const isList = name.includes(' list') && !name.includes('--text');
  return [
    aimMs === null
      ? known(`\`mktq ${name}\``, figure)
      : aimed(`\`mktq ${name}\``, figure, `${seconds(aimMs)} or less`, median(user) <= aimMs),
    ...(isList
      ? [
          aimed(
            `\`mktq ${name}\`: its first line`,
            range(first, ms),
            `within ${ms(FIRST_LINE_MS)}`,
            median(first) <= FIRST_LINE_MS,
          ),
        ]
      : []),
  ];
}

/** What an operator types where many letters are open, as processes of their own. */
export const bench: Bench = {
  title: 'An operator among 20,000 letters',
  size: { of: 'letters', usual: 20_000 },
  measure,
};
