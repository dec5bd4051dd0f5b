import { type Random, seededRandom } from '../../shared/kernel/random.ts';
import type { Scenario } from './budget-simulation.ts';

const LIMIT_PER_SECOND = 5;
const THIRD = LIMIT_PER_SECOND / 3;

export interface Pattern {
  readonly name: string;
  rate(seed: number): NonNullable<Scenario['other']>;
}

/** What the second integration takes of the limit; the worker is told none of it. */
export const PATTERNS: readonly Pattern[] = [
  {
    name: 'wanders between 28 and 39 %, a new rate each 10 s',
    rate: (seed) => wandering(seededRandom(seed)),
  },
  { name: 'swings between 28 and 38 % in 10 minutes', rate: () => swinging(0.15) },
  { name: 'steps between 29 and 38 % each 2 minutes', rate: () => stepping },
  { name: 'swings between 23 and 43 % in 10 minutes', rate: () => swinging(0.3) },
];

const swinging = (part: number) => (second: number) =>
  THIRD * (1 + part * Math.sin((second * 2 * Math.PI) / 600));

const STEPS = [0.3, 0.37, 0.33, 0.38, 0.29, 0.33];
const stepping = (second: number) =>
  LIMIT_PER_SECOND * (STEPS.at(Math.floor(second / 120) % STEPS.length) ?? 1 / 3);

function wandering(random: Random): (second: number) => number {
  const parts = [1 / 3];
  return (second) => {
    const index = Math.max(0, Math.floor(second / 10));
    while (parts.length <= index) {
      parts.push(Math.min(0.39, Math.max(0.28, (parts.at(-1) ?? 0) + (random() - 0.5) * 0.04)));
    }
    return LIMIT_PER_SECOND * (parts[index] ?? 1 / 3);
  };
}
