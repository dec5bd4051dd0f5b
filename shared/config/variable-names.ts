import { ENV } from './names.ts';
import { editDistance, nearest } from './spelling.ts';
import { ConfigurationError, type Environment, textOf } from './variables.ts';

/** README's configuration table, but for what is secret or says where Marketo is: what a stack may be given as settings. */
export const SETTING_NAMES = [
  'MARKETO_TRANSPORT',
  'MARKETO_DAILY_QUOTA',
  'MARKETO_RATE_LIMIT',
  'MARKETO_CONCURRENCY',
  'MARKETO_SHARE',
  'MARKETO_CALL_TIMEOUT_MS',
  'MARKETO_FOREIGN_ID_FIELD',
  'MARKETO_PARTITIONS',
  'MARKETO_ON_DUPLICATE',
  'MKTQ_BACKOFF_BASE_MS',
  'MKTQ_BACKOFF_CAP_MS',
  'MKTQ_RETENTION_DAYS',
  'MKTQ_LINGER_MS',
] as const;

/** What each transport needs, all of it: these are the fields of the deployed secret. */
export const MARKETO_VARIABLES = {
  soap: ['MARKETO_SOAP_ENDPOINT', 'MARKETO_USER_ID', 'MARKETO_ENCRYPTION_KEY'],
  rest: ['MARKETO_REST_ENDPOINT', 'MARKETO_IDENTITY_ENDPOINT', 'MARKETO_CLIENT_ID', 'MARKETO_CLIENT_SECRET'],
} as const;

/** The whole of README's table: what a person sets. */
const TABLE_NAMES: readonly string[] = [
  ...MARKETO_VARIABLES.rest,
  ...MARKETO_VARIABLES.soap,
  ...SETTING_NAMES,
  'MKTQ_DATA',
];

/** Set by the stack itself, by its bundles and by its tests. */
const OWN_NAMES: readonly string[] = [
  ...Object.values(ENV).filter((name) => name.startsWith('MKTQ_')),
  'MKTQ_BUNDLED_TRANSPORT',
  'MKTQ_KILL_SEED',
  'MKTQ_KILL_STORM',
];

const KNOWN: ReadonlySet<string> = new Set([...TABLE_NAMES, ...OWN_NAMES]);

const PREFIX = /^(?:MARKETO|MKTQ)_/;
/** A slip in MARKETO or MKTQ itself. */
const MOST_PREFIX_EDITS = 2;

/**
 * Throws a ConfigurationError that names the variable which is a slip for a known one: it would be ignored in silence, and the
 * default taken for it. A variable that is set to nothing says nothing.
 */
export function refuseMisspelt(env: Environment): void {
  for (const name of Object.keys(env)) {
    const meant = textOf(env, name) === null ? null : variableMeantBy(name);
    if (meant !== null) throw new ConfigurationError(misspelt(name, meant));
  }
}

/** What to say of MARKETO_ and MKTQ_ names that mean nothing here: other tools have some, so they are no error. */
export const strangeVariables = (env: Environment): readonly string[] =>
  Object.keys(env)
    .filter((name) => PREFIX.test(name.toUpperCase()) && !KNOWN.has(name) && textOf(env, name) !== null)
    .map((name) => `${name} is no variable of mktq and is ignored`);

export const misspelt = (name: string, meant: string): string =>
  `${name} is not a variable of mktq; did you mean ${meant}? Rename it, or unset it`;

/** The known variable that a name is a slip for; null if it is known, or far from all. */
export function variableMeantBy(name: string): string | null {
  if (KNOWN.has(name)) return null;
  const upper = name.toUpperCase();
  const [prefix] = PREFIX.exec(upper) ?? [];
  if (prefix === undefined) return meantByPrefix(upper);
  // Without the prefix, as half of each name would be the same in all.
  const rest = upper.slice(prefix.length);
  const ofPrefix = [...KNOWN].filter((known) => known.startsWith(prefix));
  const meant = nearest(rest, ofPrefix.map(withoutPrefix));
  if (meant !== null) return `${prefix}${meant}`;
  return TABLE_NAMES.find((known) => withoutPrefix(known) === rest) ?? null;
}

/** `MARKTO_SHARE`: the rest of the name must be right, as most variables of a machine are somebody else's. */
function meantByPrefix(upper: string): string | null {
  const end = upper.indexOf('_');
  if (!upper.startsWith('M') || end < 0) return null;
  return (
    TABLE_NAMES.find(
      (known) =>
        known.slice(known.indexOf('_')) === upper.slice(end) &&
        editDistance(upper.slice(0, end), known.slice(0, known.indexOf('_'))) <= MOST_PREFIX_EDITS,
    ) ?? null
  );
}

const withoutPrefix = (name: string): string => name.replace(PREFIX, '');
