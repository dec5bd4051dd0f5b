import type { Arrival, ExecutedLine, Execution } from './execution.ts';
import { settleImports } from './instance/imports.ts';
import { createInstance, type Instance } from './instance/instance.ts';
import type { Seed } from './instance/seed.ts';
import { forgetfulJournal, type Journal, type Line, openJournal } from './journal.ts';
import { LimitGate, type Limits } from './limits.ts';
import { restExecution } from './rest/execution.ts';
import { soapExecution } from './soap/execution.ts';
import { type Entry, type Outcome, RequestLog, type Witness } from './witness.ts';

/** A request that was under way at a reset or at the end of the simulator. */
export class Forgotten extends Error {}

/** The instance and the books about it, which the journal keeps in step. */
export class World {
  gate: LimitGate;
  instance: Instance;
  private requests = new RequestLog();
  private closed = false;
  private readonly seed: Seed;
  private readonly journal: Journal;

  constructor(seed: Seed, limits: Limits, dataDir: string | null) {
    this.seed = seed;
    this.instance = createInstance(seed);
    this.gate = new LimitGate(limits);
    const { journal, lines } =
      dataDir === null ? { journal: forgetfulJournal, lines: [] } : openJournal(dataDir);
    this.journal = journal;
    for (const line of lines) this.replay(line);
  }

  /** Books an arrival, and its charge to rate and quota. */
  arrive({ operation, keys, fingerprint }: Arrival, at: number, charged: boolean): Entry {
    const arrival = { at, operation, keys, fingerprint };
    this.journal.append({ kind: 'arrived', ...arrival, charged });
    if (charged) this.gate.charge(at);
    return this.requests.arrived(arrival);
  }

  /** Runs a call and books it before anybody hears of it; what is thrown means that nothing ran. */
  execute<Payload>(entry: Entry, execution: Execution<Payload>, now: number): Payload {
    if (!this.knows(entry)) throw new Forgotten('The simulator was reset or closed under this call');
    settleImports(this.instance, now);
    const payload = execution.run(this.instance, now, this.gate);
    this.journal.append(execution.line(entry.seq, now));
    this.requests.executed(entry, execution.written(this.instance));
    return payload;
  }

  /** The instance as it is at `now`. */
  instanceAt(now: number): Instance {
    settleImports(this.instance, now);
    return this.instance;
  }

  /** Books the end of a request that did not run. */
  end(entry: Entry, outcome: Outcome): void {
    entry.outcome = outcome;
    if (this.knows(entry)) this.journal.append({ kind: 'ended', seq: entry.seq, outcome });
  }

  replied(entry: Entry): void {
    entry.replied = true;
    if (this.knows(entry)) this.journal.append({ kind: 'replied', seq: entry.seq });
  }

  witness(now: number): Witness {
    return this.requests.summary({
      sends: this.instance.sends,
      maxConcurrency: this.gate.maxConcurrencySeen,
      quota: this.gate.spent(now),
    });
  }

  /** A fresh instance and empty books. */
  reset(): void {
    this.journal.erase();
    this.instance = createInstance(this.seed);
    this.gate = new LimitGate(this.gate.limits);
    this.requests = new RequestLog();
  }

  /** What is still under way runs into nothing: after a kill nobody would know of it either. */
  close(): void {
    this.closed = true;
    this.journal.close();
  }

  /** False for a request that was under way at a reset or at the end. */
  private knows(entry: Entry): boolean {
    return !this.closed && this.requests.entries[entry.seq - 1] === entry;
  }

  private replay(line: Line): void {
    if (line.kind === 'arrived') {
      const { kind: _kind, charged, ...arrival } = line;
      this.requests.arrived(arrival);
      if (charged) this.gate.charge(line.at);
      return;
    }
    const entry = this.requests.entries[line.seq - 1];
    if (entry === undefined) throw new Error(`the journal tells of request ${line.seq}, which never arrived`);
    if (line.kind === 'replied') entry.replied = true;
    else if (line.kind === 'ended') entry.outcome = line.outcome;
    else this.replayExecution(entry, line);
  }

  private replayExecution(entry: Entry, line: ExecutedLine): void {
    const execution = executionAgain(entry.operation, line);
    settleImports(this.instance, line.now);
    execution?.run(this.instance, line.now, this.gate);
    this.requests.executed(entry, execution?.written(this.instance) ?? []);
  }
}

/** Null for a read, which leaves nothing to run again. */
function executionAgain(operation: string, line: ExecutedLine): Execution<unknown> | null {
  if (line.kind === 'executed-rest') return line.request === null ? null : restExecution(line.request);
  const { params, workspace } = line;
  return params === null ? null : soapExecution({ operation, params, workspace });
}
