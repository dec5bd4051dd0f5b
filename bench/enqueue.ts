/**
 * `mktq enqueue syncLead --csv` of 100,000 rows, the real command in a process of its own, into a local stack whose
 * worker is switched off. `npx node bench/enqueue.ts [--rows N]`
 */
import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { awsServices } from '../client/aws-services.ts';
import type { StackFile } from '../local/stack-file.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { runMktq } from './parts/command.ts';
import { printFigures, say, seconds, whole } from './parts/figures.ts';
import { startIdleStack } from './parts/idle-stack.ts';
import { withTempDir } from './parts/temp-dir.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });
const ROWS = Number(values.rows);
const MEGABYTE = 1_000_000;
const MOST_MEMORY = 200 * MEGABYTE;

function* csv(): Generator<string> {
  yield 'Email,FirstName,LastName,Company,Phone,City\n';
  for (let n = 0; n < ROWS; n += 1) {
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

async function measure(dir: string): Promise<void> {
  const file = join(dir, 'leads.csv');
  await pipeline(Readable.from(csv()), createWriteStream(file));
  const dataDir = join(dir, 'stack');
  const servers = await startIdleStack({ dataDir, env: {} });
  const before = await runMktq('status', '--data', dataDir);
  say(`enqueueing ${ROWS} rows`);
  const ran = await runMktq('enqueue', 'syncLead', '--csv', file, '--key', 'Email', '--data', dataDir);
  say(ran.stdout);
  const queued = await messagesIn(servers.ready.stack);
  if (queued !== ROWS) throw new Error(`${queued} messages are in the queue, not ${ROWS}`);
  await servers.end();
  const megabytes = (bytes: number) => `${whole(bytes / MEGABYTE)} MB`;
  printFigures(
    `A CSV of ${whole(ROWS)} rows and six columns (${megabytes(statSync(file).size)}); the command in a process of its own, queue and table in ` +
      'another, on disk; no worker. The command counts from its start to its end.',
    [
      {
        question: 'rows per second',
        aim: null,
        figure: `${whole(ROWS / (ran.elapsedMs / 1_000))} (${seconds(ran.elapsedMs)} in all)`,
        met: null,
      },
      {
        question: 'peak memory of the command (resident set)',
        aim: 'below 200 MB',
        figure: megabytes(ran.peakBytes),
        met: ran.peakBytes < MOST_MEMORY,
      },
      {
        question: 'for comparison: peak memory of `mktq status`',
        aim: null,
        figure: megabytes(before.peakBytes),
        met: null,
      },
    ],
  );
}

await withTempDir(measure);
process.exit(0);
