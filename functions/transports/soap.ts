import type { SoapSettings } from '../../shared/config/marketo.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { PackingBounds } from '../../shared/marketo/packing/packing-bounds.ts';
import { createSoapTransport } from '../../shared/marketo/soap/client.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import type { Transport } from '../../shared/marketo/transport.ts';
import type { Refusal } from '../../shared/run/ports.ts';

/** SOAP as the functions speak it. `current` answers the settings of the last reading, whose key may be a newer one. */
export const soapTransport = (
  { endpoint }: SoapSettings,
  current: () => SoapSettings,
  timeoutMs: number | null,
): Transport<Refusal> =>
  createSoapTransport({ endpoint, credentials: current, clock: systemClock, timeoutMs });

/** What one call holds of several jobs. */
export const soapBounds: PackingBounds = SOAP_BOUNDS;
