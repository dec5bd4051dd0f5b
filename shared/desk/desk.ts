import type { Sleep } from '../kernel/clock.ts';
import { fewAtOnce } from '../kernel/few-at-once.ts';
import { freightOf } from '../marketo/packing/packing.ts';
import type { PackingBounds } from '../marketo/packing/packing-bounds.ts';
import type { Call } from '../marketo/transport.ts';
import { Journey, type JourneyParts } from './journey.ts';
import { Lane } from './lane.ts';
import type { Packable, Passenger, Told, Trip } from './passenger.ts';

export interface DeskParts<P extends Passenger, R, T extends Trip<R>>
  extends Pick<JourneyParts<P, R, T>, 'carry' | 'keep' | 'later'> {
  /** Nobody else's. */
  readonly id: string;
  /** Null: every call travels alone. */
  readonly bounds: PackingBounds | null;
  readonly sleep: Sleep;
  readonly stopping: AbortSignal | undefined;
  /** How long to wait for company that nobody knows of yet, in ms. */
  readonly lingerMs: () => Promise<number>;
}

/**
 * Each opens a connection before it asks for its permit. Marketo takes ten at once: so many again may stand ready, and not all
 * of a call of 300 that has fallen apart.
 */
const MOST_CALLS = 20;

/** A place at the desk for one run, from before its claim on. */
export interface Seat<P extends Passenger, R, T extends Trip<R>> {
  /** What its call brings along; null: it travels alone. */
  readonly freight: P['freight'];
  /** Its place: what of it stands before the last hyphen it has in common with those it may share a call with, the rest counts. */
  readonly place: string;
  /** Whether a call that travels alone would begin at once, and wait for none of those under way. */
  isFree(): boolean;
  /** Resolves with what its call has come to. */
  board(passenger: P): Promise<Told<R, T>>;
  /** It comes no more; after boarding that says nothing. */
  leave(): void;
}

/**
 * Where the runs of one invocation bring their calls: those that may share one travel together, every other alone, and each
 * run is told of its own. Two invocations have two desks: a call must fit the deadline of everybody in it.
 */
export class Desk<P extends Passenger, R, T extends Trip<R>> {
  readonly #parts: DeskParts<P, R, T>;
  readonly #lanes = new Map<string, Lane<P>>();
  readonly #told = new Map<P, PromiseWithResolvers<Told<R, T>>>();
  readonly #seats = new Map<string, { readonly number: number; readonly seats: number }>();
  readonly #journey: Journey<P, R, T>;
  #fetching = 0;
  /** Calls that are under way, or wait until they may be. */
  #calls = 0;

  constructor(parts: DeskParts<P, R, T>) {
    const inTurn = fewAtOnce(MOST_CALLS);
    this.#parts = parts;
    this.#journey = new Journey({
      ...parts,
      carry: (load, onSent) => {
        this.#calls += 1;
        return inTurn(() => parts.carry(load, onSent)).finally(() => {
          this.#calls -= 1;
        });
      },
      tell: (passenger, told) => this.#told.get(passenger)?.resolve(told),
      fail: (passenger, error) => this.#told.get(passenger)?.reject(error),
    });
  }

  /** `mayRepeat`: its sender says that a repeat is harmless. */
  seatFor(call: Call, mayRepeat: boolean): Seat<P, R, T> {
    const { bounds } = this.#parts;
    const freight = bounds === null ? null : freightOf(call, bounds, { mayRepeat });
    const name = freight?.lane ?? ALONE;
    const lane = freight === null ? null : this.#laneOf(name);
    const leave = lane?.expect() ?? (() => {});
    const place = this.#placeIn(name);
    const board = async (passenger: P): Promise<Told<R, T>> => {
      const told = Promise.withResolvers<Told<R, T>>();
      this.#told.set(passenger, told);
      leave();
      if (lane === null || !isPackable(passenger)) void this.#journey.travel([passenger]);
      else lane.board(passenger);
      return told.promise.finally(() => this.#told.delete(passenger));
    };
    const isFree = (): boolean => this.#calls < MOST_CALLS;
    return { freight, place, isFree, board, leave };
  }

  /** More jobs are being fetched: what could share a call with them waits a moment. What it answers is called when they are there. */
  fetching(): () => void {
    this.#fetching += 1;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#fetching -= 1;
      for (const lane of this.#lanes.values()) lane.look();
    };
  }

  #placeIn(lane: string): string {
    const { number, seats } = this.#seats.get(lane) ?? { number: this.#seats.size, seats: 0 };
    this.#seats.set(lane, { number, seats: seats + 1 });
    return `${this.#parts.id}.${number}-${seats}`;
  }

  #laneOf(name: string): Lane<P> {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const { sleep, stopping, lingerMs } = this.#parts;
    const lane = new Lane<P>({
      sleep,
      stopping,
      lingerMs,
      isMoreComing: () => this.#fetching > 0,
      depart: (load) =>
        new Promise((resolve) => {
          void this.#journey.travel(load, null, resolve).finally(resolve);
        }),
    });
    this.#lanes.set(name, lane);
    return lane;
  }
}

/** Stands for the lane of those who have none. */
const ALONE = '';

const isPackable = <P extends Passenger>(passenger: P): passenger is Packable<P> =>
  passenger.freight !== null;
