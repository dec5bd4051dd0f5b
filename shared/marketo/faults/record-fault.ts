import type { RecordOutcome, RecordOutcomes } from '../transport.ts';
import { type Fault, shortMessage } from './fault.ts';

/** The failure inside an answer that says success, or null. Such an answer is always an HTTP 200. */
export function recordFault(answer: RecordOutcomes): Extract<Fault, { kind: 'record' }> | null {
  const failed = failuresIn(answer);
  const [first, ...others] = failed;
  if (first === undefined) return null;
  return {
    kind: 'record',
    code: others.every(({ code }) => code === first.code) ? first.code : null,
    message: shortMessage(describe(failed, answer)),
    httpStatus: 200,
    failed: failed.length,
    total: answer.records.length,
  };
}

/** The positions of the failed records; null if none failed or nobody can say which. */
export function failedPositions(answer: RecordOutcomes): ReadonlySet<number> | null {
  const failed = failuresIn(answer);
  return failed.length === 0 || !answer.inOrder ? null : new Set(failed.map(({ position }) => position));
}

interface Failed extends RecordOutcome {
  readonly position: number;
}

const failuresIn = ({ records }: RecordOutcomes): readonly Failed[] =>
  records.map((record, position) => ({ ...record, position })).filter(({ ok }) => !ok);

const MOST_TEXTS = 5;
const MOST_POSITIONS = 20;

/**
 * Quotes each error once and names its records by position, from 1, in brackets at the end:
 * `Unknown name attribute list: x [records 2, 5 of 300]`. Of a single record the brackets are left out.
 */
function describe(failed: readonly Failed[], answer: RecordOutcomes): string {
  const byText = [...Map.groupBy(failed, ({ message }) => message)];
  const texts = byText.slice(0, MOST_TEXTS).map(([text, records]) => `${text}${where(records, answer)}`);
  const more = byText.length - texts.length;
  if (more > 0) texts.push(`and ${more} more errors`);
  return texts.join('; ');
}

function where(failed: readonly Failed[], { records, inOrder }: RecordOutcomes): string {
  const total = records.length;
  if (total === 1) return '';
  if (!inOrder) return ` [${failed.length} of ${total} records]`;
  const shown = failed
    .slice(0, MOST_POSITIONS)
    .map(({ position }) => position + 1)
    .join(', ');
  const rest = failed.length > MOST_POSITIONS ? ', …' : '';
  return ` [record${failed.length === 1 ? '' : 's'} ${shown}${rest} of ${total}]`;
}
