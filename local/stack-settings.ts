import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, readLimits } from '../shared/config/environment.ts';
import type { AccountLimits } from '../shared/config/limits.ts';
import { DEFAULT_ACCOUNT, ENV } from '../shared/config/names.ts';

/** What the running stack was configured with and a command must know: the shell it is typed in may hold other variables. */
export interface StackSettings {
  readonly account: string;
  readonly limits: AccountLimits;
}

const settingsPath = (dataDir: string): string => join(dataDir, 'settings.json');

export const settingsOf = (env: Environment): StackSettings => ({
  account: env[ENV.account] ?? DEFAULT_ACCOUNT,
  limits: readLimits(env),
});

/** To be called before stack.json appears: whoever finds that one reads this one next. */
export function writeSettings(dataDir: string, env: Environment): void {
  writeFileSync(settingsPath(dataDir), `${JSON.stringify(settingsOf(env))}\n`);
}

/** Null if the directory holds none. */
export function readSettingsFile(dataDir: string): StackSettings | null {
  try {
    // Only a stack of ours writes the file, before it says that it is ready.
    return JSON.parse(readFileSync(settingsPath(dataDir), 'utf8')) as StackSettings;
  } catch {
    return null;
  }
}
