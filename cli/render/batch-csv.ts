import { assertNever } from '../../shared/kernel/assert-never.ts';
import { isObject } from '../../shared/kernel/is-object.ts';
import type { Answer } from '../../shared/operate/answer.ts';
import { findBatch } from '../../shared/operate/batch.ts';
import { type RowStanding, rowStandings } from '../../shared/operate/batch-rows.ts';
import type { Cli } from '../cli.ts';
import { type OriginalRow, openOriginal } from '../enqueue/original.ts';
import { Failure, UsageError } from '../exit.ts';
import { ID_COLUMN, REASON_COLUMN, sendersCells } from '../source/own-columns.ts';
import { BYTE_ORDER_MARK, csvLine, printCsv } from './csv.ts';
import { ANSWER_NOT_KEPT } from './job.ts';
import { note } from './print.ts';
import { oneLine } from './text.ts';

/** The columns between the sender's own and the reason, and what stands in them of one row; null leaves the row out. */
interface Report {
  readonly columns: readonly string[];
  cellsOf(standing: RowStanding, row: OriginalRow): readonly string[] | null;
}

/** The rows whose jobs are dead, with why, ready to be corrected. */
export const FAILURES: Report = {
  columns: [REASON_COLUMN],
  cellsOf: (standing) => (isDead(standing) ? [reasonOf(standing)] : null),
};

/** Every row, with what Marketo answered, or why there is no answer. */
export const RESULTS: Report = {
  columns: ['mktq:leadId', 'mktq:status', REASON_COLUMN],
  cellsOf: (standing, { error }) => {
    const { leadId = '', status } = leadStatusOf(standing);
    const reason = standing.kind === 'unknown' && error !== null ? error : reasonOf(standing);
    return [String(leadId), status, oneLine(reason)];
  },
};

/** The file that a batch was made of, on stdout as CSV, with a first column for the ids of the jobs and a last one for the reason. */
export async function printBatchCsv(cli: Cli, batch: string, file: string, report: Report): Promise<void> {
  if (cli.json) throw new UsageError('--csv prints CSV: leave --json out');
  const stack = await cli.connect();
  if ((await findBatch(stack, batch)) === null) throw new Failure(`there is no batch ${batch}`);
  const { header, isMarked, rows } = await openOriginal(file, batch, cli.stdin);
  const names = [ID_COLUMN, ...sendersCells(header, header).cells, ...report.columns];
  await printCsv(cli, `${isMarked ? BYTE_ORDER_MARK : ''}${csvLine(names)}`);
  for await (const { item, standing } of rowStandings(stack, batch, rows)) {
    refuseOther(standing, item, file);
    if (standing.kind === 'unreadable') {
      cli.exitWith(1);
      note(cli, `job ${item.jobId} cannot be read: ${oneLine(standing.error)}`);
    }
    const cells = report.cellsOf(standing, item);
    if (cells === null) continue;
    const own = sendersCells(header, item.cells);
    await printCsv(cli, csvLine([item.jobId, ...own.cells, ...cells, ...own.beyond]));
  }
}

/** A letter that was discarded is no work any more. */
const isDead = (standing: RowStanding): boolean =>
  standing.kind === 'ended' &&
  standing.row.state.kind === 'dead-lettered' &&
  standing.row.state.closedAt === undefined;

/** Empty for a job that completed with an answer. */
function reasonOf(standing: RowStanding): string {
  switch (standing.kind) {
    case 'ended':
      return oneLine(endOf(standing.answer));
    case 'open': {
      const { waiting } = standing;
      const until = waiting === null || waiting.until === null ? '' : ` until ${waiting.until}`;
      return waiting === null ? 'not ended yet' : `not ended yet: waits for ${waiting.reason}${until}`;
    }
    case 'unknown':
      return 'no job of this row is known: it was refused, or not sent yet';
    case 'unreadable':
      return `the job cannot be read: ${oneLine(standing.error)}`;
    default:
      return assertNever(standing);
  }
}

function endOf(answer: Answer): string {
  switch (answer.kind) {
    case 'completed':
      return answer.resultDropped ? ANSWER_NOT_KEPT : '';
    case 'dead-lettered': {
      const code = answer.code === null ? '' : ` ${answer.code}`;
      return `${answer.class}${code}: ${answer.message} | ${answer.advice}`;
    }
    case 'cancelled':
      return 'cancelled with its batch';
    default:
      return assertNever(answer);
  }
}

/** What Marketo said of the lead of a completed syncLead; of any other job how it stands. */
function leadStatusOf(standing: RowStanding): { readonly leadId?: unknown; readonly status: string } {
  if (standing.kind === 'open') return { status: standing.state };
  if (standing.kind !== 'ended') return { status: standing.kind };
  const { answer } = standing;
  const result = answer.kind === 'completed' && isObject(answer.result) ? answer.result['result'] : null;
  if (!isObject(result)) return { status: answer.kind };
  const { leadId, syncStatus } = result;
  const status = isObject(syncStatus) ? syncStatus['status'] : undefined;
  return { leadId, status: typeof status === 'string' ? status : answer.kind };
}

/** A file that was changed since would have rows corrected under the ids of others. A redriven job may name another lead than its row did. */
function refuseOther(standing: RowStanding, { jobId, line, cells }: OriginalRow, file: string): void {
  if (standing.kind !== 'ended' || standing.row.epoch > 0) return;
  const [, lead] = /^lead:[^:]*:(.*)$/s.exec(standing.row.orderingKey) ?? [];
  if (lead === undefined || cells.some((cell) => isLead(cell, lead))) return;
  throw new Failure(
    `line ${line} of ${file} names another lead than the job ${jobId}, which was made of it; give the file as it was enqueued`,
  );
}

const isLead = (cell: string, lead: string): boolean => withoutZeros(cell.trim()) === withoutZeros(lead);

/** A number names the same lead with zeros before it. */
const withoutZeros = (key: string): string => key.toLowerCase().replace(/^0+(?=\d+$)/, '');
