import { assertNever } from '../kernel/assert-never.ts';
import { classify, recordFault } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import type { Own } from '../marketo/packing/freight.ts';
import { unpacked } from '../marketo/packing/packing.ts';
import type { PackingBounds } from '../marketo/packing/packing-bounds.ts';
import type { CallOutcome } from '../marketo/transport.ts';
import { isAlsoOf, isOfOneRecord, namesOneOf, verdictOn } from './failing.ts';
import { faultOwn, ownAnswer, recordsOf, textOf } from './own-answer.ts';
import type { Passenger, Told, Trip } from './passenger.ts';

export interface JourneyParts<P extends Passenger, R, T extends Trip<R>> {
  /** One call for all of them; `onSent` when its first byte leaves. Rejects only where one of our own stores fails. */
  readonly carry: (load: Load<P>, onSent: () => void) => Promise<T>;
  /** Keeps what went over the wire of a call that several share; called before they are told of it. Never rejects. */
  readonly keep: (trip: T, load: Load<P>) => Promise<void>;
  readonly tell: (passenger: P, told: Told<R, T>) => void;
  readonly fail: (passenger: P, error: unknown) => void;
  /** Not now, and nobody's fault. */
  readonly later: () => R;
  readonly bounds: PackingBounds | null;
}

export type Load<P> = readonly [P, ...P[]];

/** What a call of one has come to, as far as others are concerned. */
type Met = { readonly kind: 'its-own'; readonly fault: Fault } | { readonly kind: 'well' | 'unclear' };

/**
 * What those who share a call go through, until each has an answer of its own. What one record is to blame for is asked again
 * in halves, each with a permit of its own, until the guilty stand alone; the innocent never hear of it.
 */
export class Journey<P extends Passenger, R, T extends Trip<R>> {
  readonly #parts: JourneyParts<P, R, T>;

  constructor(parts: JourneyParts<P, R, T>) {
    this.#parts = parts;
  }

  /** Every one of the load is told, or has failed with our own stores. Never rejects. `company`: see `Told`. */
  async travel(load: Load<P>, company: number | null = null, onSent: () => void = () => {}): Promise<void> {
    await this.#orFail(load, () => this.#travel(load, company, onSent));
  }

  /** Those alone whose call it is: what others go through meanwhile is not over. Who has been told already is not told anew. */
  async #orFail(some: readonly P[], travelling: () => Promise<void>): Promise<void> {
    try {
      await travelling();
    } catch (error) {
      for (const passenger of some) this.#parts.fail(passenger, error);
    }
  }

  async #travel(load: Load<P>, company: number | null, onSent: () => void): Promise<void> {
    const trip = await this.#parts.carry(load, onSent);
    const { answer } = trip;
    if (load.length === 1 || answer.kind === 'refused') return this.#tellAll(load, trip, company);
    if (answer.kind === 'answered') return this.#arrive(load, trip, answer, company);
    const failure = trip.failure ?? classify(answer.fault, false);
    const verdict = verdictOn(
      answer.fault,
      failure,
      load.map(({ call }) => call),
    );
    switch (verdict.kind) {
      case 'everybody':
        await this.#parts.keep(trip, load);
        return this.#tellAll(load, trip, verdict.company ?? company);
      case 'somebody':
        return this.#inHalves(load);
      case 'alike': {
        const alike = load.filter((_, position) => verdict.positions.has(position));
        const others = load.filter((_, position) => !verdict.positions.has(position));
        await Promise.all([
          this.#orFail(alike, () =>
            this.#alike(alike, trip, load, (fault, { call }) =>
              isAlsoOf(fault, classify(fault, false), call) ? faultOwn(fault, answer, call) : null,
            ),
          ),
          this.#on(others),
        ]);
        return;
      }
      default:
        return assertNever(verdict);
    }
  }

  /** The call was answered: of each record there is something to say. */
  async #arrive(
    load: Load<P>,
    trip: T,
    answer: Extract<CallOutcome<R>, { kind: 'answered' }>,
    company: number | null,
  ): Promise<void> {
    const { bounds } = this.#parts;
    const calls = load.map(({ call }) => call);
    const owns = bounds === null ? null : unpacked(calls, answer, bounds);
    // Nobody can say what became of whom: asked again, with fewer, it is told apart.
    if (owns === null) return this.#inHalves(load);
    // Only where the attempt of each names it: otherwise nobody would find whom it is about.
    if (owns.every(isOfThisCall) && owns.some(isFailure)) await this.#parts.keep(trip, load);
    const apart = new Map<string, P[]>();
    const halved: P[] = [];
    for (const [position, passenger] of load.entries()) {
      const own = owns[position];
      if (own === undefined) continue;
      if (own.kind === 'again-alone') apart.set(own.message, [...(apart.get(own.message) ?? []), passenger]);
      else if (own.kind === 'again-halved') halved.push(passenger);
      else {
        const mine = ownAnswer(own, answer, passenger.call, recordsOf(load, position, answer));
        this.#tell(passenger, load, trip, mine, company);
      }
    }
    await Promise.all([
      // Marketo has said the same of all of them, and what is said of one alone holds no value of its own.
      ...[...apart.values()].map((alike) =>
        this.#orFail(alike, () =>
          this.#alike(
            alike,
            trip,
            load,
            (fault, of) =>
              namesOneOf(fault, alike[0] ?? of)
                ? null
                : faultOwn(fault, answer, of.call, recordsOf(load, load.indexOf(of), answer)),
            'alone',
          ),
        ),
      ),
      isLoad(halved) && halved.length === load.length ? this.#inHalves(halved) : this.#on(halved),
    ]);
  }

  /**
   * One of those alike goes alone. Of what it meets as its own fault `answerFor` says what it is for another of them, who has that
   * verdict without a call, or null; where nothing is learnt, they come back another time.
   */
  async #alike(
    alike: readonly P[],
    trip: T,
    load: Load<P>,
    answerFor: (fault: Fault, passenger: P) => CallOutcome<R> | null,
    others: 'alone' | 'together' = 'together',
  ): Promise<void> {
    const [first, ...rest] = alike;
    if (first === undefined) return;
    const met = await this.#alone(first);
    const left: P[] = [];
    for (const passenger of rest) {
      const answer = met.kind === 'its-own' ? answerFor(met.fault, passenger) : null;
      if (answer === null) left.push(passenger);
      else this.#tell(passenger, load, trip, answer, 1);
    }
    if (met.kind === 'unclear') {
      for (const passenger of left)
        this.#tell(passenger, load, trip, { kind: 'refused', refusal: this.#parts.later() }, left.length);
      return;
    }
    if (others === 'together') return this.#on(left);
    await Promise.all(left.map((passenger) => this.travel([passenger], 1)));
  }

  async #alone(passenger: P): Promise<Met> {
    const trip = await this.#parts.carry([passenger], () => {});
    this.#tellAll([passenger], trip, 1);
    const { answer } = trip;
    if (answer.kind === 'refused') return { kind: 'unclear' };
    const fault = answer.kind === 'fault' ? answer.fault : recordFault(answer);
    if (fault === null) return { kind: 'well' };
    return isOfOneRecord(classify(fault, false)) ? { kind: 'its-own', fault } : { kind: 'unclear' };
  }

  async #inHalves(load: Load<P>): Promise<void> {
    const middle = Math.ceil(load.length / 2);
    await Promise.all([this.#on(load.slice(0, middle)), this.#on(load.slice(middle))]);
  }

  /** Some of a load in a call of their own, and in no larger one from now on. */
  async #on(some: readonly P[]): Promise<void> {
    if (isLoad(some)) await this.travel(some, some.length);
  }

  /** All in the same way. The whole exchange is theirs only if they were not in it with others. */
  #tellAll(load: Load<P>, trip: T, company: number | null): void {
    const { answer } = trip;
    for (const passenger of load) {
      const isFault = load.length > 1 && answer.kind === 'fault';
      this.#tell(
        passenger,
        load,
        trip,
        isFault ? faultOwn(answer.fault, answer, passenger.call, textOf(answer.fault)) : answer,
        company,
      );
    }
  }

  #tell(passenger: P, load: Load<P>, trip: T, answer: CallOutcome<R>, company: number | null): void {
    this.#parts.tell(passenger, {
      trip,
      answer,
      shared: load.length,
      isFirst: passenger === load[0],
      company,
    });
  }
}

function isLoad<P>(some: readonly P[]): some is Load<P> {
  return some.length > 0;
}

const isOfThisCall = ({ kind }: Own): boolean => kind === 'answered' || kind === 'fault';

const isFailure = (own: Own): boolean =>
  own.kind === 'answered' ? recordFault(own) !== null : own.kind === 'fault';
