import { execFile } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SQSEvent } from 'aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { bundleOptions } from '../infra/bundles.ts';
import type { Job } from '../shared/job/job.ts';
import { messageFor } from '../shared/job/message.ts';
import { type Bench, inTurns, type Measured, type Stage } from './harness/bench.ts';
import { aimed, kilobytes, known, median, ms, percent, type Row, spread } from './harness/figures.ts';
import { LIFTED } from './harness/servers.ts';

const AIM_PART = 2 / 3;
const AIM_BYTES = 600_000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** As esbuild bundles for Lambda when nobody has looked: everything that `soap` asks for, and the SDK's CommonJS. */
const { alias: _alias, mainFields: _mainFields, ...stock } = bundleOptions('worker', 'soap');

const VARIANTS = {
  worker: { entry: '../functions/worker.ts', options: bundleOptions('worker', 'soap'), isHandler: true },
  stockWorker: { entry: '../functions/worker.ts', options: stock, isHandler: true },
  soap: { entry: 'subjects/own-soap.ts', options: bundleOptions('worker', 'soap'), isHandler: false },
  stockSoap: { entry: 'subjects/stock-soap.ts', options: stock, isHandler: false },
} as const satisfies Record<string, { entry: string; options: BuildOptions; isHandler: boolean }>;

type VariantName = keyof typeof VARIANTS;

async function measure({ size, dir, startMarketo, startIdleStack }: Stage): Promise<Measured> {
  const marketo = await startMarketo({ limits: LIFTED.simulator });
  const { functionEnv } = await startIdleStack({ ...marketo.env, ...LIFTED.env });
  const env = { PATH: process.env['PATH'], ...functionEnv, ...marketo.env };
  const caseOf = (name: VariantName) => (round: number) => firstAnswer(name, dir, round, env);
  const bytes = {
    worker: bundle('worker', dir),
    stockWorker: bundle('stockWorker', dir),
    soap: bundle('soap', dir),
    stockSoap: bundle('stockSoap', dir),
  };
  const cases = {
    worker: caseOf('worker'),
    stockWorker: caseOf('stockWorker'),
    soap: caseOf('soap'),
    stockSoap: caseOf('stockSoap'),
  };
  // The first of each reads the files from the disk.
  const times = await inTurns(cases, { rounds: size, warmUp: 1 });
  return { setting: settingOf(size), rows: rowsOf(bytes, times) };
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
    ? [here('subjects/run-handler.cjs'), fileOf(name, dir), event]
    : [fileOf(name, dir)];
  const { stdout } = await run(
    process.execPath,
    ['--require', here('subjects/first-answer.cjs'), ...program],
    {
      env,
    },
  );
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

const settingOf = (rounds: number): string =>
  `A process each, ${rounds} of every kind in turns, from its start to the end of its first SOAP answer; queue and table, and the ` +
  'simulator, are processes of their own on this machine. The worker hides the message, claims the job and takes a permit before ' +
  'it sends. Stock: the same source bundled with everything that `soap` asks for and the CommonJS of the SDK; SOAP alone: a call ' +
  'through our transport, beside one with the `soap` package and its own HTTP client.';

function rowsOf(
  bytes: Readonly<Record<VariantName, number>>,
  times: Readonly<Record<VariantName, readonly number[]>>,
): readonly Row[] {
  const part = (question: string, own: readonly number[], other: readonly number[]): Row => {
    const ratio = median(own) / median(other);
    return aimed(question, percent(ratio), 'two thirds or less', ratio <= AIM_PART);
  };
  const timeOf = (question: string, name: VariantName): Row =>
    known(`${question}: ${kilobytes(bytes[name])}`, spread(times[name], ms));
  return [
    aimed(
      'size of the worker’s bundle',
      kilobytes(bytes.worker),
      `below ${kilobytes(AIM_BYTES)}`,
      bytes.worker < AIM_BYTES,
    ),
    part('the worker, of one with stock node-soap', times.worker, times.stockWorker),
    part('SOAP alone, of stock node-soap', times.soap, times.stockSoap),
    timeOf('the worker', 'worker'),
    timeOf('the worker with stock node-soap', 'stockWorker'),
    timeOf('SOAP alone', 'soap'),
    timeOf('stock node-soap alone', 'stockSoap'),
  ];
}

/** From the start of a process to its first SOAP answer: the bundled worker and its SOAP part, each beside a stock one. */
export const bench: Bench = {
  title: 'Cold start of the bundled worker',
  size: { of: 'rounds', usual: 15 },
  measure,
};
