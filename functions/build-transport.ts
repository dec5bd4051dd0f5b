import { ConfigurationError, type MarketoSettings } from '../shared/config/environment.ts';
import type { TransportName } from '../shared/config/transports.ts';
import { assertNever } from '../shared/kernel/assert-never.ts';
import type { Transport } from '../shared/marketo/transport.ts';
import type { Refusal } from '../shared/run/ports.ts';
import type { RestParts } from './transports/rest.ts';

/**
 * The one place that knows how each transport is made. A bundle is of one transport: infra/bundles.ts has the compiler read
 * MKTQ_BUNDLED_TRANSPORT as a word, so that the other's import is dead code and none of it is carried. Everywhere else the
 * name stands for nothing, and each is loaded when it is asked for. `current` answers the settings of the last reading.
 */
export async function buildTransport(
  settings: MarketoSettings,
  current: () => MarketoSettings,
  parts: RestParts,
): Promise<Transport<Refusal>> {
  switch (settings.transport) {
    case 'soap': {
      if (process.env['MKTQ_BUNDLED_TRANSPORT'] !== 'rest') {
        const { soapTransport } = await import('./transports/soap.ts');
        return soapTransport(settings, () => sameTransport(settings, current()), parts.timeoutMs);
      }
      break;
    }
    case 'rest': {
      if (process.env['MKTQ_BUNDLED_TRANSPORT'] !== 'soap') {
        const { restTransport } = await import('./transports/rest.ts');
        return restTransport(settings, () => sameTransport(settings, current()), parts);
      }
      break;
    }
    default:
      return assertNever(settings);
  }
  throw new Error(`this bundle was made without the ${settings.transport} transport`);
}

/** Whether the code that runs can speak it. */
export function isBundled(transport: TransportName): boolean {
  const bundled = process.env['MKTQ_BUNDLED_TRANSPORT'];
  return bundled === undefined || bundled === transport;
}

/** Throws a ConfigurationError if the code that runs was bundled for the other transport. */
export function checkBundled(transport: TransportName): void {
  if (isBundled(transport)) return;
  throw new ConfigurationError(
    `MARKETO_TRANSPORT is ${transport}, and the code of this function is the bundle for ${process.env['MKTQ_BUNDLED_TRANSPORT']}`,
  );
}

/** Over another transport it is another one that is built; this one goes on with what it had. */
const sameTransport = <S extends MarketoSettings>(first: S, now: MarketoSettings): S =>
  now.transport === first.transport ? (now as S) : first;
