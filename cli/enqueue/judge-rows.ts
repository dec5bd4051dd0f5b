import { type PreparePorts, prepare } from '../../client/prepare.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';
import { type Correction, readStandings, type Standing } from '../../shared/operate/redrive/correction.ts';
import { refusedRow, type SourceRow } from '../source/row.ts';
import type { completer } from './options.ts';

/** A row of a file that came back, with how its job stands. */
export interface Judged {
  readonly row: Extract<SourceRow, { kind: 'job' }>;
  readonly orderingKey: string;
  /** Null for a row that says none. */
  readonly id: string | null;
  readonly standing: Standing;
}

export interface JudgeChoice {
  readonly complete: ReturnType<typeof completer>;
  /** The batch of the jobs that are new. */
  readonly batch?: string | undefined;
  readonly includeInDoubt?: boolean | undefined;
}

type Ports = Pick<OperatePorts, 'ledger' | 'archive' | 'bodies' | 'cancellations'> & PreparePorts;

/** What each of these rows comes to, in their order: their jobs are looked up together. Never rejects. */
export async function judgeRows(
  ports: Ports,
  choice: JudgeChoice,
  rows: readonly SourceRow[],
): Promise<readonly (SourceRow | Judged)[]> {
  const read = rows.map((row) => readRow(row, ports, choice));
  const jobIds = read.flatMap((one) => ('job' in one ? one.job.id : []));
  const standingOf = await readStandings(ports, jobIds, { includeInDoubt: choice.includeInDoubt === true });
  return Promise.all(
    read.map(async (one) => {
      if (!('job' in one)) return one;
      const { row, orderingKey, job } = one;
      return { row, orderingKey, id: job.id, standing: await standingOf(one) };
    }),
  );
}

/** A row whose job may be known. */
interface Named extends Pick<Judged, 'row' | 'orderingKey'>, Correction {}

/** What can be told of the row alone: it is refused, or new, or it is to be looked up. */
function readRow(
  row: SourceRow,
  ports: PreparePorts,
  { complete, batch }: JudgeChoice,
): SourceRow | Judged | Named {
  if (row.kind === 'bad') return row;
  const { line, value } = row;
  // Its line tells nothing of which job it is.
  if (!('id' in value) && batch !== undefined) return refusedRow(row, WITHOUT_ID);
  const answer = prepare(complete(value, line), ports, true);
  if (answer.kind === 'refused') return refusedRow(row, answer.error);
  const { job, digest, orderingKey, idIsGiven } = answer.prepared;
  return idIsGiven
    ? { row, job, digest, orderingKey }
    : { row, id: null, orderingKey, standing: { kind: 'unknown' } };
}

const WITHOUT_ID =
  'mktq:id is empty, and with --batch a row is known by it; give it an id of its own, or put new rows into a file without that column';
