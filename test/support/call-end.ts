import type { Fault } from '../../shared/marketo/faults/fault.ts';
import { CallEnded } from '../../shared/marketo/rest/call/call-ended.ts';

/** The fault that a run ends with; throws if it ends otherwise. */
export async function faultOf(run: Promise<unknown>): Promise<Fault> {
  const end: unknown = await run.then(
    (value) => new Error(`it was done: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (end instanceof CallEnded) return end.fault;
  throw end;
}
