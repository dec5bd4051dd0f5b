import type { SimulatorOptions } from '../../simulator/simulator.ts';
import type { Latency } from '../../simulator/soap-service.ts';
import type { Witness } from '../../simulator/witness.ts';
import { type Child, startChild } from './child.ts';

export interface MarketoSettings {
  readonly limits?: NonNullable<SimulatorOptions['limits']>;
  readonly latency?: Latency;
}

interface Ready {
  readonly soapUrl: string;
  readonly userId: string;
  readonly encryptionKey: string;
}

export interface Marketo extends Ready {
  /** The variables that make a stack talk to it. */
  readonly env: Readonly<Record<string, string>>;
  witness(): Promise<Witness>;
  end(): Promise<void>;
}

/** Limits that nothing reaches, for the simulator and for the worker. */
export const LIFTED = {
  simulator: { ratePerWindow: 1_000_000, concurrency: 1_000, dailyQuota: 1_000_000_000 },
  env: { MARKETO_RATE_LIMIT: '100000', MARKETO_CONCURRENCY: '1000', MARKETO_DAILY_QUOTA: '1000000000' },
} as const;

/** The simulator as a process of its own, so that its work and its times are not those of the worker. */
export async function startMarketo(settings: MarketoSettings): Promise<Marketo> {
  const child: Child<Ready> = await startChild('marketo-child.ts', settings);
  const { soapUrl, userId, encryptionKey } = child.ready;
  return {
    ...child.ready,
    env: {
      MARKETO_SOAP_ENDPOINT: soapUrl,
      MARKETO_USER_ID: userId,
      MARKETO_ENCRYPTION_KEY: encryptionKey,
    },
    witness: async () => (await (await fetch(new URL('/_simulator/witness', soapUrl))).json()) as Witness,
    end: child.end,
  };
}
