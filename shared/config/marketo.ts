import { assertNever } from '../kernel/assert-never.ts';
import type { TransportName } from './transports.ts';
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
}

/** What each transport needs, all of it: these are the fields of the deployed secret. */
export const MARKETO_VARIABLES = {
  soap: ['MARKETO_SOAP_ENDPOINT', 'MARKETO_USER_ID', 'MARKETO_ENCRYPTION_KEY'],
  rest: ['MARKETO_REST_ENDPOINT', 'MARKETO_IDENTITY_ENDPOINT', 'MARKETO_CLIENT_ID', 'MARKETO_CLIENT_SECRET'],
} as const satisfies Readonly<Record<TransportName, readonly string[]>>;

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
  const transport = transportOf(env);
  switch (transport) {
    case 'soap':
      return {
        transport,
        endpoint: addressOf(env, 'MARKETO_SOAP_ENDPOINT', SOAP_EXAMPLE),
        userId: requiredOf(env, 'MARKETO_USER_ID', transport),
        encryptionKey: requiredOf(env, 'MARKETO_ENCRYPTION_KEY', transport),
      };
    case 'rest':
      return {
        transport,
        endpoint: restAddress(env, 'MARKETO_REST_ENDPOINT', '/rest'),
        identityEndpoint: restAddress(env, 'MARKETO_IDENTITY_ENDPOINT', '/identity'),
        clientId: requiredOf(env, 'MARKETO_CLIENT_ID', transport),
        clientSecret: requiredOf(env, 'MARKETO_CLIENT_SECRET', transport),
      };
    default:
      return assertNever(transport);
  }
}

const SOAP_EXAMPLE = 'https://X.mktoapi.com/soap/mktows/3_1';

function requiredOf(env: Environment, name: string, transport: TransportName): string {
  const value = textOf(env, name);
  if (value !== null) return value;
  const needed = MARKETO_VARIABLES[transport].join(', ');
  throw new ConfigurationError(`${name} is not set: the ${transport} transport needs ${needed}`);
}

/** The token goes to this host and no other, the secret to the identity service alone: an address says nothing else. */
function restAddress(env: Environment, name: string, path: '/rest' | '/identity'): string {
  const example = `https://X.mktorest.com${path}`;
  const url = new URL(addressOf(env, name, example));
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new ConfigurationError(`${name} holds more than an address such as ${example}: leave the rest out`);
  const address = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  if (address.endsWith(path) && !url.pathname.includes('//')) return address;
  throw new ConfigurationError(`${name} does not end in ${path}: set it to an address such as ${example}`);
}

function addressOf(env: Environment, name: string, example: string): string {
  const transport = name === 'MARKETO_SOAP_ENDPOINT' ? 'soap' : 'rest';
  const value = requiredOf(env, name, transport);
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ConfigurationError(`${name} is not an address such as ${example}`);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback)
    throw new ConfigurationError(`${name} uses http, which would send every lead in the clear: use https`);
  return value;
}
