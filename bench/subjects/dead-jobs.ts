import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LETTER_KIND } from '../../shared/aws/dynamo-archive.ts';
import { itemOf } from '../../shared/aws/dynamo-document.ts';
import { rowDocuments } from '../../shared/aws/dynamo-ledger.ts';
import { DEFAULT_RETENTION_MS } from '../../shared/config/limits.ts';
import { causeOf } from '../../shared/deadletter/cause.ts';
import type { LetterHead } from '../../shared/deadletter/letter.ts';
import type { Attempt } from '../../shared/job/attempt.ts';
import type { Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { firstRow, type JobRow } from '../../shared/ledger/row.ts';

/** A job that died, as the table has it: a letter with its exchange, and its row. */
interface DeadJob {
  readonly letter: LetterHead;
  readonly row: JobRow;
}

export const BATCH = 'import-2026-11-22';
const CAUSES = 15;
/** The job whose column has been renamed: the first cause is that of so many in a hundred. */
const PART_OF_FIRST = 30;

const causeNumber = (n: number): number => (n % 100 < PART_OF_FIRST ? 0 : 1 + (n % (CAUSES - 1)));

/** The cause that most of them have. */
export const FIRST_CAUSE = causeOf(faultOf(0));

function faultOf(n: number) {
  return {
    class: 'invalid-request',
    code: 1_000 + causeNumber(n),
    operation: 'syncLead',
    message: `Field 'column${causeNumber(n)}' not found: no lead of person${n}@example.com was written`,
  } as const;
}

function deadJob(n: number, now: number): DeadJob {
  const fault = faultOf(n);
  const at = now - n * 37;
  const email = `person${n}@example.com`;
  const attributes = ['FirstName', 'LastName', 'Company', 'Phone', 'City', `column${causeNumber(n)}`];
  const job: Job = {
    version: 1,
    id: `${BATCH}-${n}`,
    operation: 'syncLead',
    params: {
      leadRecord: {
        Email: email,
        leadAttributeList: {
          attribute: attributes.map((attrName) => ({
            attrName,
            attrValue: `${attrName} of Zoë, the ${n}th`,
          })),
        },
      },
      returnLead: false,
    },
    batch: BATCH,
  };
  const attempt: Attempt = {
    callId: `call-${n}`,
    at: at - 400,
    durationMs: 210,
    class: fault.class,
    code: fault.code,
    httpStatus: 200,
    message: fault.message,
    counted: true,
  };
  const sequenceNumber = String(18_000_000_000_000_000_000n + BigInt(n));
  const first = firstRow(job, { sequenceNumber, enqueuedAt: at - 60_000 });
  const head: LetterHead = {
    ...fault,
    letterId: job.id,
    jobId: job.id,
    epoch: 0,
    cause: causeOf(fault),
    attempts: [attempt],
    deadLetteredAt: at,
    status: 'open',
    closing: null,
    job: { kind: 'inline', text: messageFor(job).body },
    retryBody: null,
    orderingKey: first.orderingKey,
    batch: BATCH,
    sequenceNumber,
    firstSentAt: at - 60_000,
    request: {
      kind: 'inline',
      text: `POST /rest/v1/leads.json\n\n${JSON.stringify({ action: 'createOrUpdate', input: [Object.fromEntries(attributes.map((name) => [name, `${name} of Zoë, the ${n}th`]))] })}`,
    },
    response: {
      kind: 'inline',
      text: JSON.stringify({ requestId: `e42b#14272d07d${n}`, success: false, errors: [fault] }),
    },
    httpStatus: 200,
    lateOutcome: null,
  };
  return {
    letter: head,
    row: {
      ...first,
      attempts: [attempt],
      counted: 1,
      state: { kind: 'dead-lettered', at, letterId: job.id, quietUntil: null },
    },
  };
}

/** Two items each, of the 25 that one write takes. */
const JOBS_AT_ONCE = 12;
const AT_ONCE = 4;

/** Writes so many dead jobs of fifteen causes, a third of them of one; each of a lead of its own. */
export async function writeDeadJobs(client: DynamoDBClient, table: string, count: number): Promise<void> {
  const rowKind = rowDocuments(DEFAULT_RETENTION_MS);
  const now = Date.now();
  const envelope = { version: 1, token: 'bench' };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += JOBS_AT_ONCE;
      const jobs = Array.from({ length: Math.min(JOBS_AT_ONCE, count - from) }, (_, i) =>
        deadJob(from + i, now),
      );
      const items = jobs.flatMap(({ letter, row }) => [
        itemOf(LETTER_KIND, { id: letter.letterId, value: letter, ...envelope }),
        itemOf(rowKind, { id: row.jobId, value: row, ...envelope }),
      ]);
      const requests = items.map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
