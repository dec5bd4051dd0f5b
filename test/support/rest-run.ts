import type { CheckedParamsOf, OperationName, ParamsOf } from '../../shared/marketo/operations/registry.ts';
import { CallEnded } from '../../shared/marketo/rest/call/call-ended.ts';
import type { Done, Finding, Mapping } from '../../shared/marketo/rest/call/mapping.ts';
import { checked } from './checked.ts';
import { type Canned, NO_SETTINGS, restStage, type Seen } from './rest-stage.ts';

export interface Played {
  readonly findings: readonly Finding[];
  /** Null: the call ended before it came to a result. */
  readonly done: Done | null;
  readonly ended: CallEnded | null;
  readonly seen: readonly Seen[];
}

/** Checks and runs a mapping over params that a job may hold; an error that is no `CallEnded` fails the test. */
export async function play<O extends OperationName>(
  operation: O,
  mapping: Mapping<O>,
  params: ParamsOf<O>,
  replies: readonly Canned[] = [],
  over: Parameters<typeof restStage>[1] = {},
): Promise<Played> {
  const input = checked(operation, params).params as CheckedParamsOf<O>;
  const { session, seen } = restStage(replies, over);
  const findings = mapping.check(input, {
    fields: null,
    settings: { ...NO_SETTINGS, ...over.settings },
    workspace: over.workspace ?? null,
    now: session.clock(),
  });
  try {
    return { findings, done: await mapping.run(input, session), ended: null, seen };
  } catch (error) {
    if (!(error instanceof CallEnded)) throw error;
    return { findings, done: null, ended: error, seen };
  }
}

/** The requests alone. */
export const requestsOf = ({ seen }: Played) => seen.map(({ line, query, body }) => ({ line, query, body }));

/** What stands in `result` of the answer; fails the test if there is none. */
export function payloadOf(
  played: Played,
): Readonly<Record<string, unknown>> & { readonly newStreamPosition?: string } {
  if (played.done === null) throw played.ended ?? new Error('the call came to nothing');
  return (played.done.result as { result: Readonly<Record<string, unknown>> }).result;
}
