import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Wait } from './port.ts';

/**
 * Workers that all came back at the same moment would refuse each other's writes. Costs no throughput worth the name and spares
 * a third to a half of the writes; more would hold up those that are alone with their calls.
 */
const STAGGER_MS = 150;

/** Sets the workers' short waits apart, at random; the jobs of one worker stay together. */
export function createStagger(random: Random, clock: Clock): (wait: Wait) => Wait {
  let drawn = { part: random(), at: clock() };
  return (wait) => {
    if (wait.because !== 'rate' && wait.because !== 'concurrency') return wait;
    if (clock() - drawn.at > STAGGER_MS) drawn = { part: random(), at: clock() };
    return { ...wait, until: wait.until + Math.ceil(drawn.part * STAGGER_MS) };
  };
}
