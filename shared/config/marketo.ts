import { assertNever } from '../kernel/assert-never.ts';
import { type RestEndpointKind, readRestEndpoint } from './rest-endpoint.ts';
import type { TransportName } from './transports.ts';
import { MARKETO_VARIABLES, refuseMisspelt } from './variable-names.ts';
import { ConfigurationError, type Environment, textOf } from './variables.ts';

/** Where Marketo is and who asks, by transport. */
export type MarketoSettings = SoapSettings | RestSettings;

export interface SoapSettings {
  readonly transport: 'soap';
  /** `https://X.mktoapi.com/soap/mktows/3_1`: every instance has its own, the address inside the WSDL must not be called. */
  readonly endpoint: string;
  readonly userId: string;
  readonly encryptionKey: string;
}

export interface RestSettings {
  readonly transport: 'rest';
  /** `https://X.mktorest.com/rest`, without a slash at its end. */
  readonly endpoint: string;
  /** `https://X.mktorest.com/identity`, likewise. */
  readonly identityEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Addresses that are not Marketo's own: there are proxies, and mistakes. */
  readonly warnings: readonly string[];
}

/** The one that is chosen, else the one whose variables are set; REST if both are, or neither. */
export function transportOf(env: Environment): TransportName {
  const chosen = textOf(env, 'MARKETO_TRANSPORT');
  if (chosen === null) return isAnySet(env, 'soap') && !isAnySet(env, 'rest') ? 'soap' : 'rest';
  if (chosen === 'soap' || chosen === 'rest') return chosen;
  throw new ConfigurationError(`MARKETO_TRANSPORT is "${chosen}": set it to soap or rest`);
}

const isAnySet = (env: Environment, transport: TransportName): boolean =>
  MARKETO_VARIABLES[transport].some((name) => textOf(env, name) !== null);

/** True if no Marketo endpoint or credential is set at all: the local stack then brings its simulator. */
export const marketoIsUnset = (env: Environment): boolean => !isAnySet(env, 'soap') && !isAnySet(env, 'rest');

/** Where Marketo is and who asks. Throws a ConfigurationError that names the variable and none of the values. */
export function readMarketo(env: Environment): MarketoSettings {
  refuseMisspelt(env);
  const transport = transportOf(env);
  switch (transport) {
    case 'soap':
      return {
        transport,
        endpoint: soapAddress(env),
        userId: requiredOf(env, 'MARKETO_USER_ID', transport),
        encryptionKey: requiredOf(env, 'MARKETO_ENCRYPTION_KEY', transport),
      };
    case 'rest': {
      const rest = restAddress(env, 'MARKETO_REST_ENDPOINT', 'rest');
      const identity = restAddress(env, 'MARKETO_IDENTITY_ENDPOINT', 'identity');
      return {
        transport,
        endpoint: rest.url,
        identityEndpoint: identity.url,
        warnings: [...rest.warnings, ...identity.warnings],
        clientId: requiredOf(env, 'MARKETO_CLIENT_ID', transport),
        clientSecret: requiredOf(env, 'MARKETO_CLIENT_SECRET', transport),
      };
    }
    default:
      return assertNever(transport);
  }
}

function requiredOf(env: Environment, name: string, transport: TransportName): string {
  const value = textOf(env, name);
  if (value !== null) return value;
  const needed = MARKETO_VARIABLES[transport].join(', ');
  throw new ConfigurationError(`${name} is not set: the ${transport} transport needs ${needed}`);
}

function restAddress(env: Environment, name: string, kind: RestEndpointKind) {
  const read = readRestEndpoint(kind, requiredOf(env, name, 'rest'));
  if (read.kind === 'problem') throw new ConfigurationError(`${name} ${read.problem}`);
  return { url: read.url, warnings: read.warning === null ? [] : [`${name} ${read.warning}`] };
}

function soapAddress(env: Environment): string {
  const name = 'MARKETO_SOAP_ENDPOINT';
  const value = requiredOf(env, name, 'soap');
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ConfigurationError(`${name} is not an address such as https://X.mktoapi.com/soap/mktows/3_1`);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback)
    throw new ConfigurationError(`${name} uses http, which would send every lead in the clear: use https`);
  return value;
}
