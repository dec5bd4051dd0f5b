import type { SoapSettings } from '../../shared/config/marketo.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { createSoapTransport } from '../../shared/marketo/soap/client.ts';
import type { Transport } from '../../shared/marketo/transport.ts';
import type { Refusal } from '../../shared/run/ports.ts';

/** SOAP as the functions speak it. `current` answers the settings of the last reading, whose key may be a newer one. */
export const soapTransport = (
  { endpoint }: SoapSettings,
  current: () => SoapSettings,
  timeoutMs: number | null,
): Transport<Refusal> =>
  createSoapTransport({ endpoint, credentials: current, clock: systemClock, timeoutMs });
