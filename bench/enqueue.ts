import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { awsServices } from '../client/aws-services.ts';
import type { StackFile } from '../local/stack-file.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { aimed, known, megabytes, say, seconds, whole } from './harness/figures.ts';
import { runMktq } from './harness/run-mktq.ts';

const MOST_BYTES = 200_000_000;

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
  const { dataDir, stack } = await startIdleStack({});
  const before = await runMktq('status', '--data', dataDir);
  say(`enqueueing ${size} rows`);
  const ran = await runMktq('enqueue', 'syncLead', '--csv', file, '--key', 'Email', '--data', dataDir);
  say(ran.stdout);
  const queued = await messagesIn(stack);
  if (queued !== size) throw new Error(`${queued} messages are in the queue, not ${size}`);
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
    ],
  };
}

/** `mktq enqueue syncLead --csv`, the real command, into a local stack whose worker is switched off. */
export const bench: Bench = {
  title: 'Enqueueing a CSV file',
  size: { of: 'rows', usual: 100_000 },
  measure,
};
