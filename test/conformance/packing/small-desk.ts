import type { Freight } from '../../../shared/marketo/packing/freight.ts';
import { freightOf, packed, unpacked } from '../../../shared/marketo/packing/packing.ts';
import type { PackingBounds } from '../../../shared/marketo/packing/packing-bounds.ts';
import type { Call, CallOutcome } from '../../../shared/marketo/transport.ts';

/** A call and what its sender says of repeats. */
export interface Passenger {
  readonly call: Call;
  readonly mayRepeat: boolean;
}

type Outcome = CallOutcome<never>;
type Run = (call: Call) => Promise<Outcome>;

interface Loaded {
  readonly passenger: Passenger;
  readonly at: number;
}

/** Runs calls packed, lane by lane in the order of arrival, and answers what became of each. What fails as one is halved. */
export async function runPacked(
  passengers: readonly Passenger[],
  bounds: PackingBounds,
  run: Run,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  for (const load of loadsOf(passengers, bounds)) await carry(load, bounds, run, outcomes);
  return passengers.map((_, at) => {
    const outcome = outcomes.get(at);
    if (outcome === undefined) throw new Error(`call ${at + 1} has no outcome`);
    return outcome;
  });
}

interface Load {
  readonly freight: Freight | null;
  readonly loaded: readonly Loaded[];
}

/** As full as room and values allow. */
function loadsOf(passengers: readonly Passenger[], bounds: PackingBounds): readonly (readonly Loaded[])[] {
  const loads: Load[] = [];
  for (const [at, passenger] of passengers.entries()) {
    const one = { passenger, at };
    const freight = freightOf(passenger.call, bounds, passenger);
    const place = freight === null ? -1 : loads.findIndex((load) => hasRoom(load, freight));
    const load = loads[place];
    if (load === undefined || freight === null) loads.push({ freight, loaded: [one] });
    else
      loads[place] = { freight: together(load.freight ?? freight, freight), loaded: [...load.loaded, one] };
  }
  return loads.map(({ loaded }) => loaded);
}

function hasRoom({ freight: own }: Load, freight: Freight): boolean {
  if (own === null || own.lane !== freight.lane) return false;
  const both = together(own, freight);
  return (
    both.records <= own.room.records &&
    both.bytes <= own.room.bytes &&
    !freight.values.some((value) => own.values.includes(value))
  );
}

const together = (one: Freight, other: Freight): Freight => ({
  ...one,
  records: one.records + other.records,
  bytes: one.bytes + other.bytes,
  values: [...one.values, ...other.values],
});

async function carry(
  load: readonly Loaded[],
  bounds: PackingBounds,
  run: Run,
  outcomes: Map<number, Outcome>,
): Promise<void> {
  const [first, ...others] = load;
  if (first === undefined) return;
  const calls = [first, ...others].map(({ passenger }) => passenger.call);
  const outcome = await run(packed([first.passenger.call, ...others.map(({ passenger }) => passenger.call)]));
  const halves = async (some: readonly Loaded[]): Promise<void> => {
    const middle = Math.ceil(some.length / 2);
    await carry(some.slice(0, middle), bounds, run, outcomes);
    await carry(some.slice(middle), bounds, run, outcomes);
  };
  if (outcome.kind !== 'answered') {
    if (others.length > 0) return halves(load);
    outcomes.set(first.at, outcome);
    return;
  }
  const owns = unpacked(calls, outcome, bounds);
  if (owns === null) throw new Error(`the answer does not fit: ${JSON.stringify(outcome.result)}`);
  const again: Loaded[] = [];
  const alone: Loaded[] = [];
  for (const [index, one] of load.entries()) {
    const own = owns[index];
    if (own === undefined) throw new Error('an answer is missing');
    if (own.kind === 'again-halved') again.push(one);
    else if (own.kind === 'again-alone') alone.push(one);
    else outcomes.set(one.at, { ...own, exchange: outcome.exchange });
  }
  if (again.length > 0) await halves(again);
  for (const one of alone) await carry([one], bounds, run, outcomes);
}
