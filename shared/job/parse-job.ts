import { MAX_BODY_BYTES } from '../config/limits.ts';
import type { Job } from './job.ts';
import { problemText, validateJob } from './validate-job.ts';
import { whyNotJson } from './why-not-json.ts';

type Parsed = { readonly kind: 'job'; readonly job: Job } | Malformed;

/** `jobId` and `operation` are what could still be read, for the letter; the body was not a job for all that. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly message: string;
  readonly jobId: string | null;
  readonly operation: string | null;
}

/** The bytes of a message -> a job, or why it is none. Total: no body makes it throw. */
export function parseJob(body: string): Parsed {
  const bytes = Buffer.byteLength(body, 'utf8');
  if (bytes > MAX_BODY_BYTES) {
    return malformed(
      `the body has ${bytes} bytes; at most ${MAX_BODY_BYTES} are accepted: split the job`,
      null,
    );
  }
  const value = parseJson(body);
  if (value.kind === 'not-json') return malformed(`the body is not JSON: ${value.message}`, null);
  const validated = validateJob(value.value);
  if (validated.kind === 'valid') return { kind: 'job', job: validated.job };
  return malformed(problemText(validated.problems), value.value);
}

function parseJson(body: string): { kind: 'json'; value: unknown } | { kind: 'not-json'; message: string } {
  const message = whyNotJson(body);
  return message === null ? { kind: 'json', value: JSON.parse(body) } : { kind: 'not-json', message };
}

const malformed = (message: string, value: unknown): Parsed => ({
  kind: 'malformed',
  message,
  jobId: textOf(value, 'id'),
  operation: textOf(value, 'operation'),
});

function textOf(value: unknown, key: 'id' | 'operation'): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(found) ? found : null;
}
