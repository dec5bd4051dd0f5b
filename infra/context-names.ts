import { editDistance } from '../shared/config/spelling.ts';
import {
  MARKETO_VARIABLES,
  misspelt,
  SETTING_NAMES,
  variableMeantBy,
} from '../shared/config/variable-names.ts';
import { ConfigurationError } from '../shared/config/variables.ts';
import { SETTING_VARIABLES, type WorkerSettings } from './settings.ts';
import { PROP_NAMES } from './worker-props.ts';

/** What the app reads of a context beside the settings of README's table. */
const APP_NAMES: readonly string[] = ['account', 'alarmEmail', 'protect'];
const KNOWN: ReadonlySet<string> = new Set([...SETTING_NAMES, ...APP_NAMES]);
const SECRET: ReadonlySet<string> = new Set(Object.values(MARKETO_VARIABLES).flat());

/** One edit away from `protect`, and a name that many an app of the CDK has. */
const ANOTHERS: ReadonlySet<string> = new Set(['project']);

/**
 * Throws a ConfigurationError that names the context name which is a slip for one of ours, belongs into the secret, or is a prop: each
 * would be ignored in silence, and a stack that was to have a prefix would be deployed over the one without. Any other name is the
 * CDK's, or somebody else's. `accounts` are names, too: of their blocks.
 */
export function refuseMisspeltContext(names: readonly string[], accounts: readonly string[]): void {
  for (const name of names) {
    if (KNOWN.has(name) || accounts.includes(name)) continue;
    if (SECRET.has(name))
      throw new ConfigurationError(
        `${name} is no setting of a stack: it belongs into the secret (docs/deploying.md)`,
      );
    const meant = variableMeantBy(name) ?? appNameMeantBy(name);
    if (meant !== null) throw new ConfigurationError(misspelt(name, meant));
    if (Object.hasOwn(SETTING_VARIABLES, name))
      throw new ConfigurationError(
        `${name} is a prop of the construct; this app reads ${SETTING_VARIABLES[name as keyof WorkerSettings]}`,
      );
    if (PROP_NAMES.includes(name))
      throw new ConfigurationError(
        `${name} is a prop of the construct, which this app does not read: give it in an app of your own (docs/deploying.md)`,
      );
  }
}

const appNameMeantBy = (name: string): string | null =>
  ANOTHERS.has(name)
    ? null
    : (APP_NAMES.find(
        (known) => editDistance(name.toLowerCase(), known.toLowerCase()) <= Math.floor(known.length / 4),
      ) ?? null);
