import type { Row } from './figures.ts';
import type { IdleStack, Marketo, MarketoSettings } from './servers.ts';

/**
 * What a file of bench/ exports as `bench`; its name is the file's. The harness finds it there, runs it in a process of
 * its own, and owns everything else.
 */
export interface Bench {
  readonly title: string;
  /** What the run counts, and how many of them unless `--size` says otherwise. */
  readonly size: { readonly of: string; readonly usual: number };
  measure(stage: Stage): Promise<Measured>;
}

export interface Measured {
  /** What was measured and how, in sentences; stands above the table. */
  readonly setting: string;
  readonly rows: readonly Row[];
}

/** What the harness gives a bench. All of it ends with the bench. */
export interface Stage {
  readonly size: number;
  /** Empty at the start, and gone afterwards. */
  readonly dir: string;
  /** Called when the bench is over, the last one first. */
  atEnd(end: () => Promise<unknown>): void;
  startMarketo(settings: MarketoSettings): Promise<Marketo>;
  startIdleStack(env: Readonly<Record<string, string>>): Promise<IdleStack>;
}

type Case<Sample> = (round: number) => Promise<Sample>;

/**
 * Runs every case once a round, in turns, so that a slow moment of the machine hits all of them. Answers what each gave
 * after the warm-up; rounds count from 0, the warm-up's included.
 */
export async function inTurns<Name extends string, Sample>(
  cases: Readonly<Record<Name, Case<Sample>>>,
  { rounds, warmUp = 0 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Readonly<Record<Name, readonly Sample[]>>> {
  const names = Object.keys(cases) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Sample[]>;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const sample = await cases[name](round);
      if (round >= warmUp) samples[name].push(sample);
    }
  }
  return samples;
}

/** A case whose sample is the time that it took, in ms. */
export const timed =
  (run: Case<unknown>): Case<number> =>
  async (round) => {
    const began = performance.now();
    await run(round);
    return performance.now() - began;
  };
