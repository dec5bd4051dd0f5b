import type { TransportName } from '../config/transports.ts';
import type { Job } from '../job/job.ts';
import { freightOf } from '../marketo/packing/packing.ts';
import type { PackingBounds } from '../marketo/packing/packing-bounds.ts';
import { REST_BOUNDS } from '../marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../marketo/soap/packing-bounds.ts';

interface Load {
  calls: number;
  /** Of the last call. */
  records: number;
  bytes: number;
}

/**
 * How many calls a stream of jobs comes to where each call carries as much as it may, in bounded memory. A floor: jobs of one lead
 * never share a call, some operations ask more than once, and a queue that is nearly empty fills no call.
 */
export class CallsNeeded {
  readonly #bounds: PackingBounds;
  readonly #loads = new Map<string, Load>();
  #alone = 0;

  constructor(transport: TransportName) {
    this.#bounds = transport === 'rest' ? REST_BOUNDS : SOAP_BOUNDS;
  }

  add(job: Job): void {
    const call = { ...job, workspace: job.workspace ?? null };
    const freight = freightOf(call, this.#bounds, { mayRepeat: job.onInDoubt === 'retry' });
    const load = freight === null ? undefined : this.#loadOf(freight.lane);
    if (freight === null || load === undefined) {
      this.#alone += 1;
      return;
    }
    const { records, bytes, room } = freight;
    const hasRoom = load.records + records <= room.records && load.bytes + bytes <= room.bytes;
    if (load.calls === 0 || !hasRoom) Object.assign(load, { calls: load.calls + 1, records: 0, bytes: 0 });
    load.records += records;
    load.bytes += bytes;
  }

  calls(): number {
    return [...this.#loads.values()].reduce((sum, { calls }) => sum + calls, this.#alone);
  }

  /** A lane for each list or type; past so many the rest counts one by one. */
  #loadOf(lane: string): Load | undefined {
    const known = this.#loads.get(lane);
    if (known !== undefined || this.#loads.size >= MOST_LANES) return known;
    const load = { calls: 0, records: 0, bytes: 0 };
    this.#loads.set(lane, load);
    return load;
  }
}

const MOST_LANES = 10_000;
