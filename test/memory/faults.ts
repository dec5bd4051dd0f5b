/** What a memory adapter can be told to get wrong, once per call of its hook. */
export type Misfortune =
  /** The call fails and nothing was done. */
  | 'throw'
  /** Everything was done, but the caller gets an error instead of the answer. */
  | 'lose-reply'
  /** Somebody else was faster (only where the port knows conflicts). */
  | 'conflict';

/** Asked before every call; `id` is the job, letter or message concerned. */
export type FaultHook = (method: string, id: string) => Misfortune | null;

export const noFaults: FaultHook = () => null;

/** Runs an effect with the misfortune that the hook asks for. */
export async function withFaults<T>(
  hook: FaultHook,
  method: string,
  id: string,
  effect: () => T,
): Promise<T> {
  // Never answers in the same tick: as with a real service, others run in between.
  await Promise.resolve();
  const misfortune = hook(method, id);
  if (misfortune === 'throw') throw new Error(`${method} of ${id} failed, as the test asked`);
  const answer = effect();
  if (misfortune === 'lose-reply')
    throw new Error(`the reply to ${method} of ${id} was lost, as the test asked`);
  return answer;
}
