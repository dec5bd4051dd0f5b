import type { SQSRecord } from 'aws-lambda';
import { HAS_ROW } from '../shared/config/names.ts';
import type { Delivery } from '../shared/job/job.ts';
import type { Invocation } from '../shared/run/ports.ts';

/** The part of Lambda's context that the functions use. */
export interface Context {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
  /** Of the local stack alone: see `Invocation`. */
  readonly stopping?: Invocation['stopping'];
  readonly calling?: Invocation['calling'];
}

/** Lambda's record in the words of the core. A record that lacks an attribute is still a delivery: its body decides. */
export const deliveryOf = (record: SQSRecord): Delivery => ({
  messageId: record.messageId,
  receiptHandle: record.receiptHandle,
  body: record.body,
  groupId: record.attributes.MessageGroupId ?? record.messageId,
  sequenceNumber: record.attributes.SequenceNumber ?? null,
  sentAt: Number(record.attributes.SentTimestamp),
  receiveCount: Number(record.attributes.ApproximateReceiveCount),
  ...(record.messageAttributes?.[HAS_ROW] === undefined ? {} : { hasRow: true }),
  ...(record.attributes.AWSTraceHeader === undefined
    ? {}
    : { traceHeader: record.attributes.AWSTraceHeader }),
});

/** When Lambda freezes or kills this invocation; the deadline comes from the context, never from a constant. */
export const invocationOf = (context: Context, now: number): Invocation => ({
  deadline: now + context.getRemainingTimeInMillis(),
  ...(context.stopping === undefined ? {} : { stopping: context.stopping }),
  ...(context.calling === undefined ? {} : { calling: context.calling }),
});
