import type { Portent } from '../../shared/operate/canary.ts';
import type { Cli } from '../cli.ts';
import { note, printJson, sayDone } from '../render/print.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { mktq, typedOptions } from '../render/typed.ts';
import type { EnqueueOptions } from './options.ts';

type Said = Pick<EnqueueOptions, 'batch' | 'wait'> & {
  /** Whether a second run of the same file would find what this one has sent. */
  readonly isKnownAgain: () => boolean;
  /** Whether its rows say which jobs are theirs: one that is corrected runs again. */
  readonly comesBack: () => boolean;
  /** How many dead jobs have come back so, and are not sent again yet. */
  readonly toRedrive: () => number;
};

/** A row of a file, with its cells if that is a CSV. */
export interface PlacedRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What became of a row. `redriven`: its job was dead, and is back in the queue with what the row says now. */
export type RowResult =
  | { readonly id: string; readonly sent: boolean; readonly redriven?: true }
  | { readonly error: string; readonly idIsTaken?: true };

const outcomeOf = ({ sent, redriven }: Exclude<RowResult, { readonly error: string }>) =>
  redriven === true ? 'redriven' : sent ? 'enqueued' : 'known';

/** What one run of `mktq enqueue` has done so far, and how its reader is told. */
export class Report {
  readonly #cli: Cli;
  readonly #said: Said;
  #accepted = 0;
  #known = 0;
  #redriven = 0;
  #unrecorded = 0;
  #refused = 0;
  #lastId: string | null = null;
  /** What this run has put into the queue is counted under these names: two, where there are more. */
  readonly #batches = new Set<string>();
  /** The last that was answered for; 0 if none was. What is redriven comes after all others, in an order of its own. */
  #lastLine = 0;

  constructor(cli: Cli, said: Said) {
    this.#cli = cli;
    this.#said = said;
  }

  /** Jobs are in the queue, and could not be written down. */
  unrecorded(jobs: number): void {
    this.#unrecorded += jobs;
  }

  refused(): number {
    return this.#refused;
  }

  /** Rows that were answered for. */
  rows(): number {
    return this.#accepted + this.#refused;
  }

  /** What became of the row on this line. `batch`: that counts its job. */
  async answer(line: number, result: RowResult, batch: string | null): Promise<void> {
    const cli = this.#cli;
    this.#lastLine = Math.max(this.#lastLine, line);
    if ('error' in result) {
      this.#refused += 1;
      note(cli, `line ${line}: ${oneLine(result.error)}`);
      if (cli.json) await printJson(cli, { line, error: result.error });
      return;
    }
    this.#accepted += 1;
    const outcome = outcomeOf(result);
    if (outcome === 'redriven') this.#redriven += 1;
    if (outcome === 'known') this.#known += 1;
    else if (batch !== null && this.#batches.size < 2) this.#batches.add(batch);
    this.#lastId = result.id;
    // Whoever waits gets a line of each job when it has ended.
    if (cli.json && this.#said.wait !== true) await printJson(cli, { id: result.id, outcome });
  }

  /** For the line that is written over and over. */
  progress(): string {
    return `${count(this.#accepted)} enqueued, ${count(this.#refused)} refused${this.#left()}`;
  }

  /** The file is through. */
  sumUp(): void {
    const cli = this.#cli;
    if (this.#unrecorded > 0) {
      note(cli, `${plural(this.#unrecorded, 'job')} sent, but not in the ledger until a worker takes them`);
    }
    const sent = this.#sent();
    const isOne = this.#accepted === 1;
    const parts = [
      isOne && sent === 1 ? `enqueued ${this.#lastId}` : `${plural(sent, 'job')} enqueued`,
      ...(this.#redriven > 0 ? [`${count(this.#redriven)} redriven`] : []),
      ...(this.#known > 0 ? [`${count(this.#known)} had been before and were not sent again`] : []),
      ...(this.#refused > 0 ? [`${count(this.#refused)} refused`] : []),
    ];
    sayDone(cli, parts.join(', '));
    const show = isOne && this.#lastId !== null ? mktq(cli, 'jobs show', [this.#lastId]) : this.#showBatch();
    if (show !== null) sayDone(cli, `follow: ${show}`);
  }

  /** How to look at what is in the queue by now; null where it has no name, or nothing is. */
  #showBatch(): string | null {
    const [batch, another] = this.#batches;
    if (batch === undefined) return null;
    return another === undefined ? mktq(this.#cli, 'batch show', [batch]) : mktq(this.#cli, 'batch list');
  }

  /** Somebody wants no more of it. Every row that was read has been sent or refused: the rest begins after the last of them. */
  stopped(): void {
    const waits = this.#said.wait === true ? '; none is waited for' : '';
    note(this.#cli, `stopped after line ${this.#lastLine}: ${this.soFar()}${waits}`);
    note(this.#cli, `to go on, ${this.howToGoOn()}`);
    this.#cli.exitWith(1);
  }

  /** `10 jobs sent, 2 refused`. */
  soFar(): string {
    const known = this.#known === 0 ? '' : `, ${count(this.#known)} had been before`;
    const redriven = this.#redriven === 0 ? '' : `, ${count(this.#redriven)} redriven`;
    return `${plural(this.#sent(), 'job')} sent${redriven}${known}, ${count(this.#refused)} refused${this.#left()}`;
  }

  #left(): string {
    const left = this.#said.toRedrive();
    return left > 0 ? `, ${count(left)} still to be redriven` : '';
  }

  /** With the file as it is. */
  howToGoOn(): string {
    const { isKnownAgain, comesBack } = this.#said;
    if (!isKnownAgain()) {
      const rows = comesBack() ? 'the rows that have an id, and of the others ' : '';
      return `send ${rows}only what follows line ${this.#lastLine}: without --batch a row sent again is another job`;
    }
    const show = this.#showBatch();
    return `type the same command again: it knows what was sent, and sends only the rest${show === null ? '' : `; so far: ${show}`}`;
  }

  /** The options that find the letters of this cause, and of this file as far as it has a name. */
  lettersOf(cause: string): string {
    const { batch, comesBack } = this.#said;
    return typedOptions({ cause, batch: comesBack() ? undefined : batch });
  }

  /** With a corrected file, whose first rows have left these letters. */
  howToCorrect({ cause, letterIds }: Pick<Portent, 'cause' | 'letterIds'>): string {
    const { batch, comesBack } = this.#said;
    if (comesBack()) return 'enqueue it again: a row whose job is dead runs with what it says then';
    const anew = batch === undefined ? 'enqueue it anew' : 'enqueue it under another batch name';
    // Of this file alone: others may have died of the same.
    const ids = batch === undefined ? letterIds : [];
    const options = batch === undefined ? [] : [this.lettersOf(cause)];
    const closed = mktq(this.#cli, 'dlq discard', ids, [...options, '--reason "sent anew"'].join(' '));
    return `${anew}, and close these letters: ${closed}`;
  }

  /** As new jobs. */
  #sent(): number {
    return this.#accepted - this.#known - this.#redriven;
  }
}
