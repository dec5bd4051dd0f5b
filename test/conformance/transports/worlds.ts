import { createWire } from '../../../shared/marketo/http/wire.ts';
import type { RestSettings } from '../../../shared/marketo/rest/call/settings.ts';
import { createRestTransport } from '../../../shared/marketo/rest/client.ts';
import { createSoapTransport } from '../../../shared/marketo/soap/client.ts';
import type { CallOutcome, Transport } from '../../../shared/marketo/transport.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { memoryStore } from '../../support/asking.ts';
import { checked } from '../../support/checked.ts';
import { directSend } from '../../support/direct-send.ts';
import { NO_SETTINGS } from '../../support/rest-stage.ts';
import type { Case, Job } from './job.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** One Marketo, and a transport that reaches it over real sockets. */
interface World {
  readonly simulator: Simulator;
  run(job: Job, over?: 'soap'): Promise<Verdict>;
  close(): Promise<void>;
}

const START = Date.parse('2026-11-22T18:00:00Z');

/** What one job came to over each transport. */
export interface Pair {
  readonly soap: Verdict;
  readonly rest: Verdict;
}

/** Runs jobs at two instances that are seeded alike and share one clock: at one over SOAP, at the other over REST. */
export class Worlds {
  #now = START;
  readonly #soap: World;
  readonly #rest: World;

  private constructor(worlds: (clock: () => number) => readonly [World, World]) {
    [this.#soap, this.#rest] = worlds(() => this.#now);
  }

  static async open(settings: Partial<RestSettings> = {}): Promise<Worlds> {
    let now: () => number = () => START;
    const clock = () => now();
    const [soap, rest] = await Promise.all([
      openWorld(clock, (simulator) => soapTransport(simulator, clock)),
      openWorld(clock, (simulator) => restTransport(simulator, clock, settings)),
    ]);
    return new Worlds((own) => {
      now = own;
      return [soap, rest];
    });
  }

  /** Over SOAP at both, so that both have the same leads under the same ids. */
  async prepare(job: Job): Promise<void> {
    for (const world of [this.#soap, this.#rest]) {
      const { class: ended, message } = await world.run(job, 'soap');
      if (ended !== 'completed') throw new Error(`cannot prepare ${job.operation}: ${message}`);
    }
    this.#now += 1_000;
  }

  /** At each instance as its own earlier verdicts say. */
  async run(jobs: Case['jobs'], passMs: number): Promise<readonly Pair[]> {
    const pairs: Pair[] = [];
    for (const next of jobs) {
      const of = (transport: keyof Pair): Job =>
        typeof next === 'function' ? next(pairs.map((pair) => pair[transport])) : next;
      pairs.push({ soap: await this.#soap.run(of('soap')), rest: await this.#rest.run(of('rest')) });
      this.#now += passMs;
    }
    return pairs;
  }

  async close(): Promise<void> {
    await Promise.all([this.#soap.close(), this.#rest.close()]);
  }
}

async function openWorld(
  clock: () => number,
  own: (simulator: Simulator) => Transport<never>,
): Promise<World> {
  const simulator = await startSimulator({ clock, limits: { ratePerWindow: 100_000 } });
  const wire = createWire({ clock: Date.now });
  const send = directSend(wire);
  const [transport, soap] = [own(simulator), soapTransport(simulator, clock)];
  return {
    simulator,
    run: async ({ operation, params, workspace }, over) => {
      const call = { ...checked(operation, params), workspace };
      const outcome: CallOutcome<never> = await (over === 'soap' ? soap : transport).run(call, send);
      return verdictOf(call, outcome);
    },
    close: async () => {
      wire.close();
      await simulator.close();
    },
  };
}

export const soapTransport = (simulator: Simulator, clock: () => number): Transport<never> =>
  createSoapTransport({ endpoint: simulator.soapUrl, credentials: () => simulator.credentials, clock });

export const restTransport = (
  simulator: Simulator,
  clock: () => number,
  settings: Partial<RestSettings>,
): Transport<never> =>
  createRestTransport({
    endpoint: simulator.restUrl,
    identityEndpoint: simulator.identityUrl,
    credentials: () => simulator.restCredentials,
    settings: { ...NO_SETTINGS, ...settings },
    directoryStore: memoryStore(),
    onStoreTrouble: (error) => {
      throw error;
    },
    clock,
    random: () => 0.5,
    timeoutMs: null,
  });
