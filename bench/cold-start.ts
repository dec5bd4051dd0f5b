/**
 * From the start of a process to its first SOAP answer: the bundled worker and its SOAP part, each beside the same built
 * with stock node-soap. `npx node bench/cold-start.ts [--rounds N]`
 */
import { execFile } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { SQSEvent } from 'aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { BUNDLE_OPTIONS } from '../infra/bundles.ts';
import type { Job } from '../shared/job/job.ts';
import { messageFor } from '../shared/job/message.ts';
import { type Figure, median, ms, percent, printFigures, quantile, whole } from './parts/figures.ts';
import { startIdleStack } from './parts/idle-stack.ts';
import { LIFTED, startMarketo } from './parts/marketo.ts';
import { withTempDir } from './parts/temp-dir.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const ROUNDS = Number(values.rounds);
const AIM_PART = 2 / 3;
const AIM_BYTES = 600_000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** As esbuild bundles for Lambda when nobody has looked: everything that `soap` asks for, and the SDK's CommonJS. */
const { alias: _alias, mainFields: _mainFields, ...stock } = BUNDLE_OPTIONS;

const VARIANTS = {
  worker: { entry: '../functions/worker.ts', options: BUNDLE_OPTIONS, isHandler: true },
  stockWorker: { entry: '../functions/worker.ts', options: stock, isHandler: true },
  soap: { entry: 'parts/own-soap.ts', options: BUNDLE_OPTIONS, isHandler: false },
  stockSoap: { entry: 'parts/stock-soap.ts', options: stock, isHandler: false },
} as const satisfies Record<string, { entry: string; options: BuildOptions; isHandler: boolean }>;

type VariantName = keyof typeof VARIANTS;
const NAMES = Object.keys(VARIANTS) as VariantName[];

interface Measured {
  readonly bytes: number;
  readonly times: number[];
}

async function measure(dir: string): Promise<void> {
  const marketo = await startMarketo({ limits: LIFTED.simulator });
  const servers = await startIdleStack({
    dataDir: join(dir, 'stack'),
    env: { ...marketo.env, ...LIFTED.env },
  });
  const env = { PATH: process.env['PATH'], ...servers.ready.functionEnv, ...marketo.env };
  const results = Object.fromEntries(
    NAMES.map((name) => [name, { bytes: bundle(name, dir), times: [] }]),
  ) as unknown as Record<VariantName, Measured>;
  // In turns, so that a slow moment of the machine hits all of them.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of NAMES) {
      const took = await firstAnswer(name, dir, round, env);
      // The first reads the files from the disk.
      if (round > 0) results[name].times.push(took);
    }
  }
  await servers.end();
  await marketo.end();
  printFigures(setting, figuresOf(results));
}

const fileOf = (name: VariantName, dir: string): string => join(dir, name, 'index.cjs');

function bundle(name: VariantName, dir: string): number {
  const { entry, options } = VARIANTS[name];
  mkdirSync(join(dir, name), { recursive: true });
  buildSync({ ...options, entryPoints: [here(entry)], outfile: fileOf(name, dir) });
  return statSync(fileOf(name, dir)).size;
}

const run = promisify(execFile);

async function firstAnswer(
  name: VariantName,
  dir: string,
  round: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const event = join(dir, `${name}-${round}.json`);
  writeFileSync(event, JSON.stringify(eventOf(`${name}-${round}`)));
  const program = VARIANTS[name].isHandler
    ? [here('parts/run-handler.cjs'), fileOf(name, dir), event]
    : [fileOf(name, dir)];
  const { stdout } = await run(process.execPath, ['--require', here('parts/first-answer.cjs'), ...program], {
    env,
  });
  // A worker's log goes to stdout, too.
  const line = stdout.split('\n').findLast((text) => /^\d+(\.\d+)?$/.test(text));
  if (line === undefined) throw new Error(`${name} got no answer: ${stdout}`);
  return Number(line);
}

/** A delivery that no queue knows: hiding it is refused at the cost of hiding it. */
function eventOf(id: string): SQSEvent {
  const job: Job = { version: 1, id, operation: 'listMObjects', params: {} };
  const { body, groupId } = messageFor(job);
  return {
    Records: [
      {
        messageId: id,
        receiptHandle: id,
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(Date.now()),
          SenderId: 'bench',
          ApproximateFirstReceiveTimestamp: String(Date.now()),
          MessageGroupId: groupId,
          SequenceNumber: '1',
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:bench',
        awsRegion: 'local',
      },
    ],
  };
}

const setting =
  `A process each, ${ROUNDS} of every kind in turns, from its start to the end of its first SOAP answer; queue and table, and the ` +
  'simulator, are processes of their own on this machine. The worker hides the message, claims the job and takes a permit before ' +
  'it sends. Stock: the same source bundled with everything that `soap` asks for and the CommonJS of the SDK; SOAP alone: a call ' +
  'through our transport, beside one with the `soap` package and its own HTTP client.';

function figuresOf(results: Readonly<Record<VariantName, Measured>>): readonly Figure[] {
  const { worker, stockWorker, soap, stockSoap } = results;
  const time = ({ times }: Measured): string =>
    `${ms(median(times))} (95 % within ${ms(quantile(times, 0.95))})`;
  const known = (question: string, measured: Measured): Figure => ({
    question: `${question}: ${whole(measured.bytes / 1_000)} kB`,
    aim: null,
    figure: time(measured),
    met: null,
  });
  const part = (question: string, own: Measured, other: Measured): Figure => {
    const ratio = median(own.times) / median(other.times);
    return { question, aim: 'two thirds or less', figure: percent(ratio), met: ratio <= AIM_PART };
  };
  return [
    {
      question: 'size of the worker’s bundle',
      aim: `below ${whole(AIM_BYTES / 1_000)} kB`,
      figure: `${whole(worker.bytes / 1_000)} kB`,
      met: worker.bytes < AIM_BYTES,
    },
    part('the worker, of one with stock node-soap', worker, stockWorker),
    part('SOAP alone, of stock node-soap', soap, stockSoap),
    known('the worker', worker),
    known('the worker with stock node-soap', stockWorker),
    known('SOAP alone', soap),
    known('stock node-soap alone', stockSoap),
  ];
}

await withTempDir(measure);
process.exit(0);
