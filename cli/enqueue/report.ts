import type { Cli } from '../cli.ts';
import { note, printJson, sayDone } from '../render/print.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { mktq } from '../render/typed.ts';
import type { EnqueueOptions } from './options.ts';

type Said = Pick<EnqueueOptions, 'batch' | 'wait'> & {
  /** Whether a second run of the same file would find what this one has sent. */
  readonly isKnownAgain: () => boolean;
  /** Whether its rows say which jobs are theirs: one that is corrected runs again. */
  readonly comesBack: () => boolean;
};

/** A row of a file, with its cells if that is a CSV. */
export interface PlacedRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What became of a row. `redriven`: its job was dead, and is back in the queue with what the row says now. */
export type RowResult =
  | { readonly id: string; readonly sent: boolean; readonly redriven?: true }
  | { readonly error: string };

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
  /** Of the last row that was answered for; 0 if none was. */
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

  /** What became of the row on this line. */
  async answer(line: number, result: RowResult): Promise<void> {
    const cli = this.#cli;
    this.#lastLine = line;
    if ('error' in result) {
      this.#refused += 1;
      note(cli, `line ${line}: ${oneLine(result.error)}`);
      if (cli.json) await printJson(cli, { line, error: result.error });
      return;
    }
    this.#accepted += 1;
    if (result.redriven === true) this.#redriven += 1;
    else if (!result.sent) this.#known += 1;
    this.#lastId = result.id;
    // Whoever waits gets a line of each job when it has ended.
    if (cli.json && this.#said.wait !== true) await printJson(cli, { id: result.id });
  }

  /** For the line that is written over and over. */
  progress(): string {
    return `${count(this.#accepted)} enqueued, ${count(this.#refused)} refused`;
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
    const { batch } = this.#said;
    const next = batch === undefined ? null : mktq(cli, 'batch show', [batch]);
    const show = isOne && this.#lastId !== null ? mktq(cli, 'jobs show', [this.#lastId]) : next;
    if (show !== null) sayDone(cli, `follow: ${show}`);
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
    return `${plural(this.#sent(), 'job')} sent${redriven}${known}, ${count(this.#refused)} refused`;
  }

  /** With the file as it is. */
  howToGoOn(): string {
    const { batch, isKnownAgain } = this.#said;
    if (!isKnownAgain())
      return `send only what follows line ${this.#lastLine}: without --batch a row sent again is another job`;
    const soFar = batch === undefined ? '' : `; so far: ${mktq(this.#cli, 'batch show', [batch])}`;
    return `type the same command again: it knows what was sent, and sends only the rest${soFar}`;
  }

  /** With a corrected file. `closed`: how the letters of this one are closed. */
  howToCorrect(closed: string): string {
    const { batch, comesBack } = this.#said;
    if (comesBack()) return 'enqueue it again: a row whose job is dead runs with what it says then';
    const anew = batch === undefined ? 'enqueue it anew' : 'enqueue it under another batch name';
    return `${anew}, and close these letters: ${closed}`;
  }

  /** As new jobs. */
  #sent(): number {
    return this.#accepted - this.#known - this.#redriven;
  }
}
