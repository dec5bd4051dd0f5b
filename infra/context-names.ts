import { editDistance } from '../shared/config/spelling.ts';
import {
  MARKETO_VARIABLES,
  misspelt,
  SETTING_NAMES,
  variableMeantBy,
} from '../shared/config/variable-names.ts';
import { ConfigurationError } from '../shared/config/variables.ts';

/** What the app reads of a context beside the settings of README's table. */
const APP_NAMES: readonly string[] = ['account', 'alarmEmail', 'protect'];
const KNOWN: ReadonlySet<string> = new Set([...SETTING_NAMES, ...APP_NAMES]);
const SECRET: ReadonlySet<string> = new Set(Object.values(MARKETO_VARIABLES).flat());

/** One edit away from `protect`, and a name that many an app of the CDK has. */
const ANOTHERS: ReadonlySet<string> = new Set(['project']);

/**
 * Throws a ConfigurationError that names the context name which is a slip for one of ours, or belongs into the secret: either would
 * be ignored in silence. Any other name is the CDK's, or somebody else's. `accounts` are names, too: of their blocks.
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
  }
}

const appNameMeantBy = (name: string): string | null =>
  ANOTHERS.has(name)
    ? null
    : (APP_NAMES.find(
        (known) => editDistance(name.toLowerCase(), known.toLowerCase()) <= Math.floor(known.length / 4),
      ) ?? null);
