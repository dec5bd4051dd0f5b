import type { PreparePorts } from '../../client/prepare.ts';
import type { Job } from '../../shared/job/job.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import { mapAhead } from '../../shared/kernel/map-ahead.ts';
import { inPages } from '../../shared/kernel/pages.ts';
import { lineOf } from '../../shared/ledger/chunks.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';
import {
  CORRECTIONS_AT_ONCE,
  type CorrectedOptions,
  redriveCorrected,
} from '../../shared/operate/redrive/correction.ts';
import type { Candidate } from '../../shared/operate/redrive/plan.ts';
import type { LetterSent, RedrivePorts } from '../../shared/operate/redrive/sending.ts';
import { type CsvHeader, idColumnOf, looksLikeDate } from '../source/own-columns.ts';
import { refusedRow, type SourceRow } from '../source/row.ts';
import { Spool } from '../spool.ts';
import { type JudgeChoice, type Judged, judgeRows } from './judge-rows.ts';
import type { PlacedRow, RowResult } from './report.ts';

/** A row of a file that came back, as it is to be handed on. */
export type ReturnedRow =
  | SourceRow
  /** Its job was sent before with these contents: it is only counted. */
  | { readonly kind: 'known'; readonly line: number; readonly id: string; readonly cells: readonly string[] };

interface Choice extends JudgeChoice {
  /** Told of each row that waits until the file is read. */
  readonly onAside?: (() => void) | undefined;
}

type Ports = RedrivePorts & Pick<OperatePorts, 'cancellations'> & PreparePorts;

/** Pages of rows that are looked up at once. With its texts inline a letter may have some hundred kilobytes. */
const PAGES_AHEAD = 3;

/** What is kept of a row until the file is read to its end. */
interface Aside extends PlacedRow {
  readonly id: string;
  readonly edit: string;
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
  #left = 0;

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

  /** Rows that were put aside and not answered for. */
  left(): number {
    return this.#left;
  }

  /** Whether a second run of the file would find by its ids what this one has sent. */
  knowAll(): boolean {
    return this.#isUsed && this.#unnamed === 0;
  }

  async *#judged(rows: AsyncIterable<SourceRow>): AsyncGenerator<ReturnedRow> {
    const pages = inPages(rows, CORRECTIONS_AT_ONCE);
    for await (const page of mapAhead(
      pages,
      (page) => judgeRows(this.#ports, this.#choice, page),
      PAGES_AHEAD,
    )) {
      for (const judged of page) {
        const row = 'standing' in judged ? this.#taken(judged) : judged;
        if (row !== null) yield row;
      }
    }
  }

  /** The messages that a redrive of what was put aside would send. */
  *jobs(): Generator<Job> {
    for (const { letterId } of this.#letters) yield JSON.parse(this.#asideOf(letterId).edit);
  }

  /** Redrives what was put aside: so many first, and the others if they may follow. */
  async *redrive(
    options: Pick<CorrectedOptions, 'isStopAsked' | 'first' | 'mayRestFollow'>,
  ): AsyncGenerator<{ readonly row: PlacedRow; readonly result: RowResult; readonly batch: string | null }> {
    const edit = async (letterId: string): Promise<string> => this.#asideOf(letterId).edit;
    for await (const letter of redriveCorrected(this.#ports, this.#letters, { ...options, edit })) {
      const { id, edit: message, ...row } = this.#asideOf(letter.letterId);
      const { batch }: Job = JSON.parse(message);
      this.#left -= 1;
      const error = errorOf(letter);
      yield {
        row,
        batch: batch ?? null,
        result: error === null ? { id, sent: true, redriven: true } : { error },
      };
    }
  }

  close(): void {
    this.#spool.close();
  }

  /** Null: it is put aside. */
  #taken({ row, id, orderingKey, standing }: Judged): ReturnedRow | null {
    const { line, cells = [] } = row;
    if (standing.kind === 'refused') return refusedRow(row, standing.error);
    if (id === null) this.#unnamed += 1;
    if (
      id !== null &&
      standing.kind === 'unknown' &&
      placeOf(id, this.#choice.batch) === null &&
      looksLikeDate(id)
    )
      return refusedRow(row, MADE_A_DATE);
    if (id === null || standing.kind === 'unknown')
      return this.#keys.has(orderingKey)
        ? refusedRow(row, OVERTAKES)
        : { ...row, place: placeOf(id, this.#choice.batch) };
    if (standing.kind === 'same') return { kind: 'known', line, id, cells };
    const { letter, edit } = standing;
    if (this.#places.has(letter.letterId)) return refusedRow(row, `${id} is the id of an earlier row, too`);
    const aside: Aside = { line, id, cells, edit };
    this.#places.set(letter.letterId, this.#spool.add(JSON.stringify(aside)));
    this.#letters.push(letter);
    this.#keys.add(orderingKey);
    this.#left += 1;
    this.#choice.onAside?.();
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
