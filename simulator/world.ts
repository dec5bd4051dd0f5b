import { ServiceFault } from './fault.ts';
import { createInstance, type Instance } from './instance.ts';
import { forgetfulJournal, type Journal, type Line, openJournal } from './journal.ts';
import { LimitGate, type Limits } from './limits.ts';
import type { Markup } from './markup.ts';
import { operations } from './operations/registry.ts';
import { child } from './params.ts';
import { fingerprintOf, leadsNamedIn } from './request-keys.ts';
import type { Seed } from './seed.ts';
import { type Entry, type Outcome, RequestLog, type Witness } from './witness.ts';
import type { Element } from './xml.ts';

/** A request as far as the books care: what it asks, of whom. */
interface Asked {
  readonly operation: string;
  readonly params: Element;
  readonly workspace: string | null;
}

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
  arrive(asked: Asked | null, at: number, charged: boolean): Entry {
    const operation = asked?.operation ?? '';
    const keys = asked === null ? [] : leadsNamedIn(asked.params).map(({ key }) => key);
    const fingerprint = asked === null ? '' : fingerprintOf(operation, asked.params);
    const arrival = { at, operation, keys, fingerprint };
    this.journal.append({ kind: 'arrived', ...arrival, charged });
    if (charged) this.gate.charge(at);
    return this.requests.arrived(arrival);
  }

  /** Runs a call and books it before anybody hears of it; a fault means that nothing ran. */
  execute(entry: Entry, asked: Asked, now: number): Markup {
    const operation = operations.get(asked.operation);
    if (!this.knows(entry))
      throw new ServiceFault(10001, 'The simulator was reset or closed under this call');
    if (operation === undefined) throw new ServiceFault(20019);
    const payload = operation.run(this.instance, { ...asked, now });
    const params = operation.writes ? asked.params : null;
    this.journal.append({ kind: 'executed', seq: entry.seq, now, workspace: asked.workspace, params });
    this.requests.executed(entry, writtenBy(params));
    return payload;
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

  private replayExecution(entry: Entry, line: Line & { kind: 'executed' }): void {
    const { params, workspace, now } = line;
    if (params !== null) operations.get(entry.operation)?.run(this.instance, { params, workspace, now });
    this.requests.executed(entry, writtenBy(params));
  }
}

/** ISMEMBEROFLIST shares its operation with two writes. */
function writtenBy(params: Element | null) {
  if (params === null || child(params, 'listOperation')?.text === 'ISMEMBEROFLIST') return [];
  return leadsNamedIn(params);
}
