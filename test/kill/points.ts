import type { Step } from '../../shared/run/trace.ts';

/**
 * Where a child may be told to kill itself: the core's own steps, and those of the functions around it. `answered`: nothing is
 * acknowledged yet. `collecting` and `collected`: before the collector touches a batch, and when it has answered.
 */
export type Point = Step | 'answered' | 'collecting' | 'collected';

/** The child kills itself `delayMs` after it has passed the point for the nth time. */
export interface Kill {
  readonly point: Point;
  readonly passes: number;
  readonly delayMs: number;
  /** Which passes count. `unsafe`: of jobs whose call was announced in this child, which must not be sent again. `slow`: of the slow lead's. */
  readonly only: 'any' | 'unsafe' | 'slow';
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
