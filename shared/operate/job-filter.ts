import { causeOf } from '../deadletter/cause.ts';
import { asWritten, hasText, type LetterFilter } from '../deadletter/filter.ts';
import type { LetterHead } from '../deadletter/letter.ts';

import type { JobRow } from '../ledger/row.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import { textsOfRow } from './forget/row.ts';
import type { JobStateName } from './job-json.ts';
import type { OperatePorts } from './ports.ts';

/** Which jobs are meant; null or absent narrows nothing. `lead` is the ordering keys of one. */
export interface JobFilter extends Partial<Omit<LetterFilter, 'status'>> {
  readonly state?: JobStateName | null;
}

/** How a job failed: as its letter says, or its latest attempt. */
interface Fault {
  readonly class: FaultClass;
  readonly code: number | null;
  /** Null as long as nothing groups it with others. */
  readonly cause: string | null;
}

export function faultOf(row: JobRow, letter: LetterHead | null): Fault | null {
  if (letter !== null) return letter;
  if (row.state.kind === 'decided') {
    const { decision } = row.state;
    return { ...decision, cause: causeOf({ ...decision, operation: row.operation }) };
  }
  const last = row.attempts.at(-1);
  if (last === undefined || last.class === null) return null;
  return { class: last.class, code: last.code, cause: null };
}

/** Whether the filter asks for something that of a dead job only its letter says. */
export const asksForLetter = ({ class: faultClass, code, cause, text }: JobFilter): boolean =>
  [faultClass, code, cause, text].some((part) => part != null);

/** Whether the filter means the job, but for its state and its text. `letter` is that of a dead job, where the filter asks for it. */
export function isMeant(filter: JobFilter, row: JobRow, letter: LetterHead | null): boolean {
  const fault = faultOf(row, letter);
  return (
    (filter.batch == null || filter.batch === row.batch) &&
    (filter.operation == null || filter.operation === row.operation) &&
    (filter.since == null || row.enqueuedAt >= filter.since) &&
    (filter.class == null || filter.class === fault?.class) &&
    (filter.code == null || filter.code === fault?.code) &&
    (filter.cause == null || filter.cause === fault?.cause)
  );
}

/** Whether the text stands in what is kept of the job: its row, its answer, or its letter and the message in it. */
export async function isWithText(
  { bodies }: Pick<OperatePorts, 'bodies'>,
  text: string,
  row: JobRow,
  letter: LetterHead | null,
): Promise<boolean> {
  const { batch, orderingKey, attempts, lateOutcome } = row;
  const said = [row.jobId, batch ?? '', orderingKey, lateOutcome?.message ?? '', letter?.message ?? ''];
  if (hasText(text, [...said, ...attempts.map(({ message }) => message)])) return true;
  for (const ref of [...textsOfRow(row), ...(letter === null ? [] : [letter.job])]) {
    if (hasText(text, [asWritten(await bodies.load(ref))])) return true;
  }
  return false;
}
