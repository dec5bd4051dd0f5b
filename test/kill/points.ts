import type { Step, TracedRequest } from '../../shared/run/trace.ts';

/** The steps that each request of a call passes. */
type RequestStep = 'admitted' | 'sent' | 'replied';

/**
 * Where a child may be told to kill itself: the core's own steps, and those of the functions around it. `answered`: nothing is
 * acknowledged yet. `collecting` and `collected`: before the collector touches a batch, and when it has answered. `look-up-…`: of
 * the request that finds the lead of a campaign request, so that `look-up-replied` lies between the look-up and the intent.
 */
export type Point =
  | Step
  | `look-up-${RequestStep}`
  | `token-${RequestStep}`
  | 'answered'
  | 'collecting'
  | 'collected';

/** The point of a step, by the request it is about. */
export function pointOf(step: Step, jobId: string, request: TracedRequest | undefined): Point {
  if (request === undefined || (step !== 'admitted' && step !== 'sent' && step !== 'replied')) return step;
  if (!request.spends) return `token-${step}`;
  return !request.changes && jobId.startsWith(CAMPAIGN_JOB) ? `look-up-${step}` : step;
}

/** How the id of every job that requests a campaign begins. */
export const CAMPAIGN_JOB = 'campaign-';

/** The child kills itself `delayMs` after it has passed the point for the nth time. */
export interface Kill {
  readonly point: Point;
  readonly passes: number;
  readonly delayMs: number;
  /**
   * Which passes count. `announced`: of the request that must not be sent twice. `unsafe`: of jobs for which that was announced in
   * this child. `shared`: of a call that changes something for several jobs, and of the jobs that such a call was sent for in this
   * child. `slow`: of the slow lead's writes.
   */
  readonly only: 'any' | 'announced' | 'unsafe' | 'shared' | 'slow';
}

/** What a child is told on its stdin; until then it only has its modules loaded. */
export type Orders = {
  readonly env: Readonly<Record<string, string>>;
  readonly functionTimeoutMs: number;
  readonly serverDoneMs: number;
  /** Where it notes each point it passes, so that the test knows what a killed child had in its hands. */
  readonly log: string;
  readonly kill: Kill | null;
} & (
  | { readonly role: 'stack'; readonly dataDir: string }
  | { readonly role: 'functions'; readonly queues: Queues }
);

interface Queues {
  readonly sqs: string;
  readonly jobs: { readonly url: string; readonly arn: string };
  readonly deadLetters: { readonly url: string; readonly arn: string };
}
