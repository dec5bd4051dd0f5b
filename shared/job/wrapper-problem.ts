import { isObject } from '../kernel/is-object.ts';

/**
 * What to say of a message that is another service's, with a job inside it perhaps; null of any other object. A job names its
 * operation at the top, which none of these does.
 */
export function wrapperProblem(message: object): string | null {
  if (Object.hasOwn(message, 'operation')) return null;
  const has = (...names: readonly string[]): boolean => names.every((name) => Object.hasOwn(message, name));
  if (has('Type', 'TopicArn', 'MessageId') || has('TopicArn', 'Message'))
    return 'is the envelope of SNS; turn on raw message delivery of the subscription, so that the job alone is the body';
  if (has('detail-type', 'detail'))
    return "is the envelope of EventBridge; send the job alone, with $.detail as the InputPath of the rule's target";
  if (has('Service', 'Event', 'Bucket')) return S3;
  if (has('Records')) return recordsProblem(Reflect.get(message, 'Records'));
  if (has('requestContext', 'body') || has('headers', 'body'))
    return 'is the envelope of an HTTP request; send its body alone';
  if (has('MessageBody') || has('Body'))
    return 'is a message of SQS around a job; send what stands in its body alone';
  return null;
}

const S3 = 'is an event of S3, and no job; send a job for what is to be done about it';

function recordsProblem(records: unknown): string | null {
  const [record]: readonly unknown[] = Array.isArray(records) ? records : [];
  if (!isObject(record)) return null;
  const source = String(record['eventSource'] ?? record['EventSource'] ?? '');
  if (source === 'aws:s3') return S3;
  return source.startsWith('aws:')
    ? `is an event of ${source.slice('aws:'.length)} with its records; send each job as a message of its own`
    : null;
}

/** What to add to the words that a message must be an object, of one that is none. */
export function insteadOfObject(value: unknown): string {
  if (Array.isArray(value)) return ', not a list; send each job as a message of its own';
  return typeof value === 'string' ? ', not a text; it was made JSON twice' : '';
}
