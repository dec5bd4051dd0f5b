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

const AIM_PART = { rest: 1 / 2, soap: 2 / 3 };
const AIM_BYTES = { rest: 350_000, soap: 600_000 };

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** As esbuild bundles for Lambda when nobody has looked: everything that `soap` asks for, and the SDK's CommonJS. */
const { alias: _alias, mainFields: _mainFields, ...stock } = bundleOptions('worker', 'soap');

const WORKER = '../functions/worker.ts';

const VARIANTS = {
  restWorker: { entry: WORKER, options: bundleOptions('worker', 'rest'), isHandler: true },
  rest: { entry: 'subjects/own-rest.ts', options: bundleOptions('worker', 'rest'), isHandler: false },
  soapWorker: { entry: WORKER, options: bundleOptions('worker', 'soap'), isHandler: true },
  stockWorker: { entry: WORKER, options: stock, isHandler: true },
  soap: { entry: 'subjects/own-soap.ts', options: bundleOptions('worker', 'soap'), isHandler: false },
  stockSoap: { entry: 'subjects/stock-soap.ts', options: stock, isHandler: false },
} as const satisfies Record<string, { entry: string; options: BuildOptions; isHandler: boolean }>;

type VariantName = keyof typeof VARIANTS;

async function measure({ size, dir, startMarketo, startIdleStack }: Stage): Promise<Measured> {
  const marketo = await startMarketo({ limits: LIFTED.simulator });
  const { functionEnv } = await startIdleStack({ ...marketo.env, ...LIFTED.env });
  const env = { PATH: process.env['PATH'], ...functionEnv, ...marketo.env };
  const caseOf = (name: VariantName) => (round: number) =>
    firstAnswer(name, dir, round, { ...env, MARKETO_TRANSPORT: transportOf(name) });
  const bytes = ofEach((name) => bundle(name, dir));
  const cases = ofEach(caseOf);
  // The first of each reads the files from the disk.
  const times = await inTurns(cases, { rounds: size, warmUp: 1 });
  return { setting: settingOf(size), rows: rowsOf(bytes, times) };
}

const ofEach = <T>(make: (name: VariantName) => T): Readonly<Record<VariantName, T>> => ({
  restWorker: make('restWorker'),
  rest: make('rest'),
  soapWorker: make('soapWorker'),
  stockWorker: make('stockWorker'),
  soap: make('soap'),
  stockSoap: make('stockSoap'),
});

const transportOf = (name: VariantName): string => (/^rest/.test(name) ? 'rest' : 'soap');

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
  // One request over either transport, and no look-up before it.
  const job: Job = { version: 1, id, operation: 'getChannels', params: {} };
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
  `A process each, ${rounds} of every kind in turns, from its start to the end of Marketo’s first answer (over REST the token is ` +
  'asked for before it, and does not count as one); queue and table, and the simulator, are processes of their own on this machine. ' +
  'The worker hides the message, claims the job and takes a permit before it sends. Stock: the worker for SOAP bundled with ' +
  'everything that `soap` asks for and the CommonJS of the SDK. Alone: a call through our transport, beside one with the `soap` ' +
  'package and its own HTTP client.';

function rowsOf(
  bytes: Readonly<Record<VariantName, number>>,
  times: Readonly<Record<VariantName, readonly number[]>>,
): readonly Row[] {
  const sizeOf = (transport: 'rest' | 'soap'): Row => {
    const size = bytes[`${transport}Worker`];
    const most = AIM_BYTES[transport];
    const question = `size of the worker’s bundle for ${transport.toUpperCase()}`;
    return aimed(question, kilobytes(size), `below ${kilobytes(most)}`, size < most);
  };
  const part = (question: string, own: VariantName, other: VariantName): Row => {
    const transport = transportOf(own) === 'rest' ? 'rest' : 'soap';
    const ratio = median(times[own]) / median(times[other]);
    const aim = transport === 'rest' ? 'half or less' : 'two thirds or less';
    return aimed(question, percent(ratio), aim, ratio <= AIM_PART[transport]);
  };
  const timeOf = (question: string, name: VariantName): Row =>
    known(`${question}: ${kilobytes(bytes[name])}`, spread(times[name], ms));
  return [
    sizeOf('rest'),
    sizeOf('soap'),
    part('the worker for REST, of one with stock node-soap', 'restWorker', 'stockWorker'),
    part('the worker for SOAP, of one with stock node-soap', 'soapWorker', 'stockWorker'),
    part('REST alone, of stock node-soap', 'rest', 'stockSoap'),
    part('SOAP alone, of stock node-soap', 'soap', 'stockSoap'),
    timeOf('the worker for REST', 'restWorker'),
    timeOf('the worker for SOAP', 'soapWorker'),
    timeOf('the worker with stock node-soap', 'stockWorker'),
    timeOf('REST alone', 'rest'),
    timeOf('SOAP alone', 'soap'),
    timeOf('stock node-soap alone', 'stockSoap'),
  ];
}

/** From the start of a process to Marketo's first answer: the bundled workers and what they speak, each beside a stock one. */
export const bench: Bench = {
  title: 'Cold start of the bundled worker',
  size: { of: 'rounds', usual: 15 },
  measure,
};
