import * as v from 'valibot';
import { OPERATION_NAMES } from '../marketo/operations/operation-names.ts';
import { isOperationName, validateParams } from '../marketo/operations/registry.ts';
import type { Job } from './job.ts';
import { jobSchema } from './job-schema.ts';
import { jsonProblem } from './json-problem.ts';
import { insteadOfObject, wrapperProblem } from './wrapper-problem.ts';

/** What is wrong with a message, and where: `path` is `params.leadRecord.email`, or `` for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

export type Validated =
  | { readonly kind: 'valid'; readonly job: Job }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** Checks a whole job message, the same way at enqueue time and in the worker. Total: any value gets an answer. */
export function validateJob(value: unknown): Validated {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid([{ path: '', message: `the message must be a JSON object${insteadOfObject(value)}` }]);
  }
  const wrapper = wrapperProblem(value);
  if (wrapper !== null) return invalid([{ path: '', message: wrapper }]);
  // Before anything that goes as deep as the value does.
  const unfit = jsonProblem(value);
  if (unfit !== null) return invalid([unfit]);
  const envelope = v.safeParse(jobSchema, value);
  const problems = envelope.success ? [] : envelope.issues.map(problemOf);
  const operation = (value as { operation?: unknown }).operation;
  if (!isOperationName(operation)) return invalid(withNearestOperation(problems, operation));
  const params = validateParams(operation, (value as { params?: unknown }).params);
  if (params.kind === 'invalid') {
    // Of params that are none at all both have said so.
    return invalid([...problems.filter(({ path }) => path !== 'params'), ...params.problems]);
  }
  if (!envelope.success) return invalid(problems);
  const misplaced = misplacedWorkspace(envelope.output);
  if (misplaced !== null) return invalid([misplaced]);
  const neverDue = timesApart(envelope.output);
  if (neverDue !== null) return invalid([neverDue]);
  return { kind: 'valid', job: { ...envelope.output, ...params.input } };
}

/** The problems as one line for a terminal or a dead letter. */
export const problemText = (problems: readonly Problem[]): string =>
  problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');

const invalid = (problems: readonly Problem[]): Validated => ({ kind: 'invalid', problems });

function problemOf(issue: v.BaseIssue<unknown>): Problem {
  const path = v.getDotPath(issue) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return {
      path,
      message:
        'unknown key; the message takes version, id, operation, params, workspace, orderingKey, batch, enqueuedAt, notBefore, expiresAt, maxAttempts, onInDoubt, meta',
    };
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined')
    return { path, message: 'is missing' };
  return { path, message: issue.message };
}

function withNearestOperation(problems: readonly Problem[], operation: unknown): readonly Problem[] {
  if (typeof operation !== 'string') return problems;
  const match = OPERATION_NAMES.find((name) => name.toLowerCase() === operation.toLowerCase());
  if (match === undefined) return problems;
  return problems.map((problem) =>
    problem.path === 'operation'
      ? { ...problem, message: `unknown operation; did you mean ${match}?` }
      : problem,
  );
}

// MktowsContextHeader is bound to syncLead alone in the WSDL; on any other operation it would be ignored in silence.
function misplacedWorkspace(job: v.InferOutput<typeof jobSchema>): Problem | null {
  if (job.workspace === undefined || job.operation === 'syncLead') return null;
  return { path: 'workspace', message: `only syncLead takes a workspace; remove it from ${job.operation}` };
}

function timesApart({ notBefore, expiresAt }: v.InferOutput<typeof jobSchema>): Problem | null {
  if (notBefore === undefined || expiresAt === undefined) return null;
  if (Date.parse(notBefore) < Date.parse(expiresAt)) return null;
  return { path: 'expiresAt', message: 'is not after notBefore: the job would expire before it may run' };
}
