import { createWire } from '../../../shared/marketo/http/wire.ts';
import type { PackingBounds } from '../../../shared/marketo/packing/packing-bounds.ts';
import type { Call, CallOutcome } from '../../../shared/marketo/transport.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import { checked } from '../../support/checked.ts';
import { directSend } from '../../support/direct-send.ts';
import type { Job } from '../transports/job.ts';
import { type Verdict, verdictOf } from '../transports/verdict.ts';
import { restTransport, soapTransport } from '../transports/worlds.ts';
import type { Mix } from './mix.ts';
import { type Passenger, runPacked } from './small-desk.ts';
import { stateOf } from './state.ts';

const START = Date.parse('2026-11-22T18:00:00Z');

/** What the jobs of a mix came to. */
export interface Played {
  readonly verdicts: readonly Verdict[];
  readonly state: unknown;
  readonly calls: number;
}

/** Plays a mix at an instance of its own. */
export async function play(mix: Mix, over: 'soap' | 'rest', way: 'one by one' | 'packed'): Promise<Played> {
  let now = START;
  const clock = () => now;
  const simulator = await startSimulator({
    clock,
    limits: { ratePerWindow: 100_000 },
    ...(mix.seed === undefined ? {} : { seed: mix.seed }),
  });
  const wire = createWire({ clock: Date.now });
  const send = directSend(wire);
  try {
    const soap = await soapTransport(simulator, clock);
    const transport = over === 'soap' ? soap : restTransport(simulator, clock, mix.settings ?? {});
    for (const job of mix.before ?? []) {
      const call = callOf(job);
      const { class: ended, message } = verdictOf(call, await soap.run(call, send));
      if (ended !== 'completed') throw new Error(`cannot prepare ${job.operation}: ${message}`);
      now += 1_000;
    }
    simulator.script(mix.rules ?? []);
    let calls = 0;
    const run = (call: Call): Promise<CallOutcome<never>> => {
      calls += 1;
      return transport.run(call, send);
    };
    const passengers = mix.jobs.map((job) => ({ call: callOf(job), mayRepeat: mix.mayRepeat === true }));
    const outcomes =
      way === 'packed'
        ? await runPacked(passengers, boundsOf(transport), run)
        : await oneByOne(passengers, run);
    const verdicts = passengers.map(({ call }, index) => verdictOf(call, present(outcomes[index])));
    return { verdicts, state: stateOf(simulator.instance()), calls };
  } finally {
    wire.close();
    await simulator.close();
  }
}

const callOf = ({ operation, params, workspace }: Job): Call => ({
  ...checked(operation, params),
  workspace,
});

async function oneByOne(
  passengers: readonly Passenger[],
  run: (call: Call) => Promise<CallOutcome<never>>,
): Promise<readonly CallOutcome<never>[]> {
  const outcomes: CallOutcome<never>[] = [];
  for (const { call } of passengers) outcomes.push(await run(call));
  return outcomes;
}

function boundsOf({ bounds }: { readonly bounds?: PackingBounds | undefined }): PackingBounds {
  return present(bounds);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('something is missing');
  return value;
}
