import { isInstant } from '../../shared/job/job-schema.ts';
import { lineIdOf } from '../../shared/ledger/chunks.ts';
import { UsageError } from '../exit.ts';

/** What `mktq enqueue` was asked, as commander reads it. */
export interface EnqueueOptions {
  readonly operation?: string | undefined;
  readonly file?: string | undefined;
  readonly jobs?: string;
  readonly csv?: string;
  readonly key?: string;
  readonly blankClears?: boolean;
  readonly map?: string;
  /** commander's reading of --no-header-check. */
  readonly headerCheck?: boolean;
  readonly dryRun?: boolean;
  readonly canary?: string;
  readonly rejects?: string;
  readonly includeInDoubt?: boolean;
  readonly batch?: string;
  readonly id?: string;
  readonly workspace?: string;
  readonly onInDoubt?: string;
  readonly notBefore?: string;
  readonly expiresAt?: string;
  readonly maxAttempts?: string;
  readonly wait?: boolean;
}

type Message = Readonly<Record<string, unknown>>;

/** What the options add to every message; what the message says itself is not overwritten. */
export function completer(options: EnqueueOptions): (message: Message, line: number) => Message {
  const defaults = definedOnly({
    batch: options.batch,
    workspace: options.workspace,
    onInDoubt: options.onInDoubt,
    notBefore: timeOf('--not-before', options.notBefore),
    expiresAt: timeOf('--expires-at', options.expiresAt),
    maxAttempts: attemptsOf(options.maxAttempts),
  });
  return (message, line) => {
    const completed = { ...defaults, ...message };
    const id = options.id ?? (options.batch === undefined ? null : lineIdOf(options.batch, line));
    return id === null || 'id' in message ? completed : { id, ...completed };
  };
}

function definedOnly(values: Readonly<Record<string, unknown>>): Message {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Checked once here, or each row of a large file would be refused for it. */
function timeOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!isInstant(text)) {
    throw new UsageError(`${option} must be a time with a zone that exists, such as 2026-11-22T18:00:00Z`);
  }
  return new Date(text).toISOString();
}

function attemptsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new UsageError('--max-attempts must be a whole number from 1');
  return n;
}

/** Letters of an id, as the message's schema has them; a line number follows a batch's name. */
const ID_LETTERS = /^[A-Za-z0-9._-]+$/;
const ROOM_FOR_LINE = 11;

export function checkIds({ batch, id }: EnqueueOptions): void {
  if (id !== undefined && (!ID_LETTERS.test(id) || id.length > 100)) {
    throw new UsageError('--id must be 1 to 100 of letters, digits and - _ .');
  }
  if (batch === undefined || id !== undefined) return;
  if (!ID_LETTERS.test(batch) || batch.length > 100 - ROOM_FOR_LINE) {
    throw new UsageError(
      `--batch must be 1 to ${100 - ROOM_FOR_LINE} of letters, digits and - _ . since the ids of its jobs begin with it`,
    );
  }
}
