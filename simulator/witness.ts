import type { CampaignSend } from './instance/instance.ts';

/** What one call meant to write to one lead, by the key it named the lead with. */
export interface LeadMention {
  readonly key: string;
  /** SOAP name -> value, over REST too where the field has one; empty for a list operation or a campaign request. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What became of one request. Arriving and executing are two things: only `executed` changed or read the instance. */
export type Outcome =
  | 'pending'
  | 'executed'
  | `rejected:${number}`
  | 'dropped-before'
  | 'stalled-before'
  | 'garbled-before'
  | 'gone';

export interface Entry {
  /** Order of arrival, from 1. */
  readonly seq: number;
  readonly at: number;
  /** `syncLead`, `POST leads.json` or `identity`; empty if the request was none of either API. */
  readonly operation: string;
  /** Leads named: `EMAIL:a@example.com`, `IDNUM:7`, `FOREIGN:SFDC:9`. */
  readonly keys: readonly string[];
  readonly fingerprint: string;
  outcome: Outcome;
  /** Position among the executed, from 1; null if it did not run. */
  executedAs: number | null;
  /** Whether a whole answer was handed to the network; the client may still never have read it. */
  replied: boolean;
}

/** One executed write to one lead. */
interface LeadWrite extends LeadMention {
  readonly seq: number;
  readonly operation: string;
}

/** Everything the simulator saw, as plain data: it is the same over HTTP. */
export interface Witness {
  readonly arrived: number;
  readonly executed: number;
  readonly replied: number;
  readonly arrivedByOperation: Readonly<Record<string, number>>;
  readonly executedByOperation: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly rejected: {
    readonly rate: number;
    readonly concurrency: number;
    readonly quota: number;
    readonly authentication: number;
  };
  readonly arrivalsByFingerprint: Readonly<Record<string, number>>;
  readonly executionsByFingerprint: Readonly<Record<string, number>>;
  /** Executed writes per lead key, in the order they ran. A record that failed inside a batch is among them. */
  readonly leadWrites: Readonly<Record<string, readonly LeadWrite[]>>;
  /** Campaign sends per lead key, in the order they ran. */
  readonly campaignSends: Readonly<Record<string, readonly CampaignSend[]>>;
  readonly maxConcurrency: number;
  readonly quota: { readonly day: string; readonly spent: number; readonly limit: number };
  readonly entries: readonly Readonly<Entry>[];
}

/** Every request that arrived and what became of it, in the order of arrival. */
export class RequestLog {
  readonly entries: Entry[] = [];
  private readonly writes: LeadWrite[] = [];
  private executedCount = 0;

  arrived(arrival: Pick<Entry, 'at' | 'operation' | 'keys' | 'fingerprint'>): Entry {
    const entry: Entry = {
      seq: this.entries.length + 1,
      ...arrival,
      outcome: 'pending',
      executedAs: null,
      replied: false,
    };
    this.entries.push(entry);
    return entry;
  }

  executed(entry: Entry, written: readonly LeadMention[]): void {
    this.executedCount += 1;
    entry.outcome = 'executed';
    entry.executedAs = this.executedCount;
    for (const lead of written) this.writes.push({ seq: entry.seq, operation: entry.operation, ...lead });
  }

  summary(rest: Pick<Witness, 'maxConcurrency' | 'quota'> & { sends: readonly CampaignSend[] }): Witness {
    const executed = this.entries.filter((entry) => entry.outcome === 'executed');
    const outcomes = countBy(this.entries, (entry) => entry.outcome);
    return {
      arrived: this.entries.length,
      executed: executed.length,
      replied: this.entries.filter((entry) => entry.replied).length,
      arrivedByOperation: countBy(this.entries, (entry) => entry.operation),
      executedByOperation: countBy(executed, (entry) => entry.operation),
      outcomes,
      rejected: rejections(outcomes),
      arrivalsByFingerprint: countBy(this.entries, (entry) => entry.fingerprint),
      executionsByFingerprint: countBy(executed, (entry) => entry.fingerprint),
      leadWrites: Object.groupBy(this.writes, (write) => write.key) as Record<string, LeadWrite[]>,
      campaignSends: Object.groupBy(rest.sends, (send) => send.leadKey) as Record<string, CampaignSend[]>,
      maxConcurrency: rest.maxConcurrency,
      quota: rest.quota,
      entries: this.entries.map((entry) => ({ ...entry })),
    };
  }
}

function rejections(outcomes: Readonly<Record<string, number>>): Witness['rejected'] {
  const of = (...codes: number[]) =>
    codes.reduce((sum, code) => sum + (outcomes[`rejected:${code}`] ?? 0), 0);
  return {
    rate: of(20023, 606),
    concurrency: of(20024, 615),
    quota: of(20015, 607),
    authentication: of(20014, 20016, 401, 600, 601, 602),
  };
}

function countBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Requests whose very same operation and params were executed more than once, with how often; tokens are not among them. */
export function executedTwice(
  witness: Witness,
  operations?: readonly string[],
): { fingerprint: string; operation: string; times: number }[] {
  const operationOf = new Map(witness.entries.map((entry) => [entry.fingerprint, entry.operation]));
  return Object.entries(witness.executionsByFingerprint)
    .map(([fingerprint, times]) => ({ fingerprint, operation: operationOf.get(fingerprint) ?? '', times }))
    .filter(
      ({ fingerprint, operation, times }) =>
        fingerprint !== '' && times > 1 && (operations?.includes(operation) ?? true),
    );
}

/** The values that an attribute of a lead was set to, in the order the writes ran. */
export function valuesWritten(witness: Witness, leadKey: string, attribute: string): string[] {
  return (witness.leadWrites[leadKey] ?? []).flatMap(({ attributes }) => attributes[attribute] ?? []);
}
