import { type PreparePorts, prepare } from '../../client/prepare.ts';
import type { Job } from '../../shared/job/job.ts';
import { mapAhead } from '../../shared/job/map-ahead.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import { errorText } from '../../shared/kernel/error-text.ts';
import { lineOf } from '../../shared/ledger/chunks.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';
import {
  type CorrectedOptions,
  redriveCorrected,
  type Standing,
  standingOf,
} from '../../shared/operate/redrive/correction.ts';
import type { Candidate } from '../../shared/operate/redrive/plan.ts';
import type { LetterSent, RedrivePorts } from '../../shared/operate/redrive/sending.ts';
import { type CsvHeader, idColumnOf, looksLikeDate } from '../source/own-columns.ts';
import { badRow, type SourceRow } from '../source/row.ts';
import { Spool } from '../spool.ts';
import type { completer } from './options.ts';
import type { PlacedRow, RowResult } from './report.ts';

/** A row of a file that came back, as it is to be handed on. */
export type ReturnedRow =
  | SourceRow
  /** Its job was sent before with these contents: it is only counted. */
  | { readonly kind: 'known'; readonly line: number; readonly id: string; readonly cells: readonly string[] };

interface Choice {
  readonly complete: ReturnType<typeof completer>;
  /** The batch of the jobs that are new. */
  readonly batch?: string | undefined;
  readonly includeInDoubt?: boolean | undefined;
}

type Ports = RedrivePorts & Pick<OperatePorts, 'cancellations'> & PreparePorts;

/** What is kept of a row until the file is read to its end. */
interface Aside extends PlacedRow {
  readonly id: string;
  readonly edit: string;
}

interface Judged {
  readonly row: Extract<SourceRow, { kind: 'job' }>;
  readonly orderingKey: string;
  /** Null for a row that says none. */
  readonly id: string | null;
  readonly standing: Standing;
}

/**
 * The rows of a CSV file that came back: each has the id of its job. One whose job is dead is put aside, and redriven with its new
 * contents when all rows are read, in the order in which the jobs were enqueued: that of the rows tells nothing once a spreadsheet
 * has sorted them.
 */
export class Corrections {
  readonly #ports: Ports;
  readonly #choice: Choice;
  readonly #spool = new Spool();
  readonly #letters: Candidate[] = [];
  /** Where the rows are that were put aside, by the ids of their letters. */
  readonly #places = new Map<string, number>();
  /** The leads that their redrives write. */
  readonly #keys = new Set<string>();
  #isUsed = false;
  #unnamed = 0;

  constructor(ports: Ports, choice: Choice) {
    this.#ports = ports;
    this.#choice = choice;
  }

  /** The rows that are not put aside; of a file without a column of ids, which the first row tells, all as they are. */
  async *of(rows: AsyncIterable<SourceRow>, header: () => CsvHeader): AsyncGenerator<ReturnedRow> {
    const rest = onward(rows);
    for await (const first of rest) {
      this.#isUsed = idColumnOf(header().columns) >= 0;
      const all = withFirst(first, rest);
      yield* this.#isUsed ? this.#judged(all) : all;
    }
  }

  /** Whether it is such a file: known from the first row on. */
  areUsed(): boolean {
    return this.#isUsed;
  }

  /** Whether a second run of the file would find by its ids what this one has sent. */
  knowAll(): boolean {
    return this.#isUsed && this.#unnamed === 0;
  }

  async *#judged(rows: AsyncIterable<SourceRow>): AsyncGenerator<ReturnedRow> {
    for await (const judged of mapAhead(rows, (row) => this.#judge(row))) {
      const row = 'standing' in judged ? this.#taken(judged) : judged;
      if (row !== null) yield row;
    }
  }

  /** The messages that a redrive of what was put aside would send. */
  *jobs(): Generator<Job> {
    for (const { letterId } of this.#letters) yield JSON.parse(this.#asideOf(letterId).edit);
  }

  /** Redrives what was put aside: so many first, and the others if they may follow. */
  async *redrive(
    options: Pick<CorrectedOptions, 'isStopAsked' | 'first' | 'mayRestFollow'>,
  ): AsyncGenerator<{ readonly row: PlacedRow; readonly result: RowResult }> {
    const edit = async (letterId: string): Promise<string> => this.#asideOf(letterId).edit;
    for await (const letter of redriveCorrected(this.#ports, this.#letters, { ...options, edit })) {
      const { id, ...row } = this.#asideOf(letter.letterId);
      const error = errorOf(letter);
      yield { row, result: error === null ? { id, sent: true, redriven: true } : { error } };
    }
  }

  close(): void {
    this.#spool.close();
  }

  /** Never rejects. */
  async #judge(row: SourceRow): Promise<SourceRow | Judged> {
    if (row.kind === 'bad') return row;
    const { line, value } = row;
    const { complete, batch, includeInDoubt } = this.#choice;
    // Its line tells nothing of which job it is.
    if (!('id' in value) && batch !== undefined) return refused(row, WITHOUT_ID);
    const answer = prepare(complete(value, line), this.#ports, true);
    if (answer.kind === 'refused') return refused(row, answer.error);
    const { job, orderingKey, idIsGiven } = answer.prepared;
    if (!idIsGiven) return { row, id: null, orderingKey, standing: { kind: 'unknown' } };
    try {
      const standing = await standingOf(this.#ports, answer.prepared, {
        includeInDoubt: includeInDoubt === true,
      });
      return { row, id: job.id, orderingKey, standing };
    } catch (error) {
      const why = `nothing was sent, the ledger could not be asked about ${job.id}: ${errorText(error)}`;
      return refused(row, why);
    }
  }

  /** Null: it is put aside. */
  #taken({ row, id, orderingKey, standing }: Judged): ReturnedRow | null {
    const { line, cells = [] } = row;
    if (standing.kind === 'refused') return refused(row, standing.error);
    if (id === null) this.#unnamed += 1;
    if (
      id !== null &&
      standing.kind === 'unknown' &&
      placeOf(id, this.#choice.batch) === null &&
      looksLikeDate(id)
    )
      return refused(row, MADE_A_DATE);
    if (id === null || standing.kind === 'unknown')
      return this.#keys.has(orderingKey)
        ? refused(row, OVERTAKES)
        : { ...row, place: placeOf(id, this.#choice.batch) };
    if (standing.kind === 'same') return { kind: 'known', line, id, cells };
    const { letter, edit } = standing;
    if (this.#places.has(letter.letterId)) return refused(row, `${id} is the id of an earlier row, too`);
    const aside: Aside = { line, id, cells, edit };
    this.#places.set(letter.letterId, this.#spool.add(JSON.stringify(aside)));
    this.#letters.push(letter);
    this.#keys.add(orderingKey);
    return null;
  }

  #asideOf(letterId: string): Aside {
    return JSON.parse(this.#spool.read(this.#places.get(letterId) ?? -1));
  }
}

/** Goes on where it was left, whoever asks. */
async function* onward<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function* withFirst<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

const refused = ({ line, cells }: SourceRow, error: string): SourceRow => ({ ...badRow(line, error), cells });

const WITHOUT_ID =
  'mktq:id is empty, and with --batch a row is known by it; give it an id of its own, or put new rows into a file without that column';
const MADE_A_DATE =
  'mktq:id is no job that is known, and looks like a date that a spreadsheet has made of one; read that column as text, or give a new row another id';
const OVERTAKES =
  'the dead job of an earlier row on the same lead is redriven first; enqueue this row again after that';

/** The line that a new job of the batch stood on when it was first enqueued: by that a later run finds it. */
function placeOf(id: string | null, batch: string | undefined): number | null {
  const place = id === null ? null : lineOf(id);
  return place !== null && place.batch === batch ? place.line : null;
}

function errorOf(letter: LetterSent): string | null {
  switch (letter.kind) {
    case 'redriven':
      return null;
    case 'closed':
      return 'somebody else has closed its dead letter meanwhile';
    case 'failed':
      return letter.message;
    default:
      return assertNever(letter);
  }
}
