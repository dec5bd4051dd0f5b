import { FINDING_KINDS, type FindingKind, type JobFinding } from './findings.ts';

/** Jobs of one operation of which the same is to be said. */
export interface FindingGroup extends JobFinding {
  readonly operation: string;
  readonly count: number;
  /** The first ones. */
  readonly lines: readonly number[];
}

/** How many jobs are of which kind; each counts once, by the worst that is said of it. */
export type JobCounts = Readonly<Record<FindingKind | 'unchanged', number>>;

const FIRST_LINES = 5;
/** A file whose every job has a fault of its own must not fill the memory; `--json` lists each. */
const MOST_GROUPS = 1_000;

/** Findings of many jobs, like ones together. */
export class Tally {
  readonly #groups = new Map<string, FindingGroup>();
  readonly #counts = { unchanged: 0, refused: 0, 'needs-setting': 0, unchecked: 0, unlike: 0 };
  #ungrouped = 0;
  #invalid = 0;
  #valid = 0;

  addInvalid(): void {
    this.#invalid += 1;
  }

  invalid(): number {
    return this.#invalid;
  }

  read(): number {
    return this.#invalid + this.#valid;
  }

  add(line: number, operation: string, findings: readonly JobFinding[]): void {
    const worst = FINDING_KINDS.find((kind) => findings.some((finding) => finding.kind === kind));
    this.#valid += 1;
    this.#counts[worst ?? 'unchanged'] += 1;
    for (const finding of findings) this.#group(line, operation, finding);
  }

  counts(): JobCounts {
    return this.#counts;
  }

  /** Those of a kind, the most frequent first. */
  groups(kind: FindingKind): readonly FindingGroup[] {
    return [...this.#groups.values()]
      .filter((group) => group.kind === kind)
      .sort((a, b) => b.count - a.count);
  }

  /** Findings that are in no group, as there are too many different ones. */
  ungrouped(): number {
    return this.#ungrouped;
  }

  #group(line: number, operation: string, finding: JobFinding): void {
    const key = JSON.stringify([operation, finding.kind, finding.message]);
    const group = this.#groups.get(key);
    if (group === undefined && this.#groups.size >= MOST_GROUPS) {
      this.#ungrouped += 1;
      return;
    }
    const { count, lines } = group ?? { count: 0, lines: [] };
    this.#groups.set(key, {
      ...finding,
      operation,
      count: count + 1,
      lines: lines.length < FIRST_LINES ? [...lines, line] : lines,
    });
  }
}
