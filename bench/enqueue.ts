import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { awsServices } from '../client/aws-services.ts';
import type { StackFile } from '../local/stack-file.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { aimed, known, megabytes, ms, percent, say, seconds, whole } from './harness/figures.ts';
import { type Owners, partsOf } from './harness/profile.ts';
import { profileMktq, runMktq } from './harness/run-mktq.ts';

const MOST_BYTES = 200_000_000;

/** Where a script belongs that is met on the way from the innermost call outwards; Node's own count as their callers'. */
const OWNERS: Owners = {
  'the SDK, with HTTP and signing':
    /node_modules\/@(?:aws-sdk|smithy)\/|^node:(?:_http|http|net|internal\/stream)/,
  'reading CSV': /\/cli\/source\/|csv-rows\.ts$/,
  'checking, keys and JSON':
    /prepare\.ts$|\/shared\/(?:job|marketo|kernel)\/(?!send-in-order|pick-batch|read-ahead)|lead-key-problems|node_modules\/valibot/,
  'sending in order, and writing down': /send-in-order|pick-batch|read-ahead|\/client\/|\/shared\/|\/cli\//,
  'starting Node and loading the code':
    /^node:internal\/(?:modules|bootstrap|process\/esm|deps\/(?:cjs|amaro))|^wasm:/,
};

function* csv(rows: number): Generator<string> {
  yield 'Email,FirstName,LastName,Company,Phone,City\n';
  for (let n = 0; n < rows; n += 1) {
    yield `person${n}@example.com,Ann ${n},"O'Example, the ${n}th",Example Ltd,+1 555 ${String(n).padStart(7, '0')},Zürich\n`;
  }
}

/** Asked of the queue itself: what the command said is not what is measured. */
async function messagesIn({ region, sqs, dynamodb, jobsQueueUrl }: StackFile): Promise<number> {
  const clients = createAwsClients(awsServices(region, { sqs, dynamodb }));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: jobsQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  clients.destroy();
  return Number(Attributes?.ApproximateNumberOfMessages);
}

async function measure({ size, dir, startIdleStack }: Stage): Promise<Measured> {
  const file = join(dir, 'leads.csv');
  await pipeline(Readable.from(csv(size)), createWriteStream(file));
  const { dataDir, stack, processorMs } = await startIdleStack({});
  const before = await runMktq('status', '--data', dataDir);
  say(`enqueueing ${size} rows`);
  // Nobody is there to end the first rows, for which the rest would wait.
  const alone = ['--canary', '0', '--data', dataDir] as const;
  const words = ['enqueue', 'syncLead', '--csv', file, '--key', 'Email', ...alone] as const;
  const serversBefore = await processorMs();
  const ran = await runMktq(...words);
  const serversMs = (await processorMs()) - serversBefore;
  say(ran.stdout);
  const queued = await messagesIn(stack);
  if (queued !== size) throw new Error(`${queued} messages are in the queue, not ${size}`);
  say('once more, with a batch, and once more to see whose the time is');
  const batch = await runMktq(...words, '--batch', 'b');
  const profiles = join(dir, 'profiles');
  await profileMktq(profiles, ...words);
  const parts = [...partsOf(profiles, OWNERS)].sort(([, a], [, b]) => b - a);
  const perSecond = size / (ran.elapsedMs / 1_000);
  return {
    setting:
      `A CSV of ${whole(size)} rows and six columns (${megabytes(statSync(file).size)}); the command in a process of its own, queue and table in ` +
      'another, on disk; no worker. The command counts from its start to its end.',
    rows: [
      known('rows per second', `${whole(perSecond)} (${seconds(ran.elapsedMs)} in all)`),
      aimed(
        'peak memory of the command (resident set)',
        megabytes(ran.peakBytes),
        'below 200 MB',
        ran.peakBytes < MOST_BYTES,
      ),
      known('for comparison: peak memory of `mktq status`', megabytes(before.peakBytes)),
      known('rows per second with a batch', whole(size / (batch.elapsedMs / 1_000))),
      known(
        'processor time of 1,000 rows: the command, its start included; queue and table',
        `${ms((1_000 * ran.processorMs) / size)}; ${ms((1_000 * serversMs) / size)}`,
      ),
      known(
        'whose the time of the command is (profiled apart)',
        parts.map(([owner, part]) => `${owner} ${percent(part)}`).join(', '),
      ),
    ],
  };
}

/** `mktq enqueue syncLead --csv`, the real command, into a local stack whose worker is switched off. */
export const bench: Bench = {
  title: 'Enqueueing a CSV file',
  size: { of: 'rows', usual: 100_000 },
  measure,
};
