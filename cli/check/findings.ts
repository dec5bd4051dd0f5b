import type { Job } from '../../shared/job/job.ts';
import type { Finding, Known } from '../../shared/marketo/rest/call/mapping.ts';
import { MAPPINGS } from '../../shared/marketo/rest/mappings.ts';
import type { RestBasis } from './basis.ts';

/** Worst first. `unchecked` may be any of the others: it hangs on fields that only the instance knows. */
export const FINDING_KINDS = ['refused', 'needs-setting', 'unchecked', 'unlike'] as const;

/** `refused` cannot run, `needs-setting` cannot run as the stack is configured, `unlike` runs otherwise than over SOAP. */
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface JobFinding {
  readonly kind: FindingKind;
  /** Marketo's code for it: the one that a dead letter would carry. */
  readonly code: number;
  readonly message: string;
}

/** What there is to say of a valid job over REST, each thing once; nothing: it runs as it ran over SOAP. */
export function findingsOf(job: Job, basis: RestBasis, now: number): readonly JobFinding[] {
  const { settings, fields } = basis;
  // By the one name of both: what the params are is what their operation takes.
  const mapping: Checking = MAPPINGS[job.operation];
  const found = mapping.check(job.params, { fields, settings, workspace: job.workspace ?? null, now });
  const byText = new Map(found.map((finding) => [`${finding.kind} ${finding.message}`, finding]));
  return [...byText.values()].map((finding) => ({ ...finding, kind: kindOf(finding, basis) }));
}

interface Checking {
  check(params: unknown, known: Known): readonly Finding[];
}

const UNKNOWN_FIELD = 1006;

/** That the standard fields lack a name says nothing of an instance that has more. */
const kindOf = ({ kind, code }: Finding, { source }: RestBasis): FindingKind =>
  source.kind === 'standard' && kind !== 'unlike' && code === UNKNOWN_FIELD ? 'unchecked' : kind;
