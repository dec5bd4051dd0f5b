import type { RestSettings } from '../../shared/config/marketo.ts';
import type { RestChoices } from '../../shared/config/rest-choices.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { errorText } from '../../shared/kernel/error-text.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import { createRestTransport } from '../../shared/marketo/rest/client.ts';
import type { DirectoryStore } from '../../shared/marketo/rest/directory/directory-store.ts';
import type { Transport } from '../../shared/marketo/transport.ts';
import type { Refusal } from '../../shared/run/ports.ts';

export interface RestParts {
  readonly choices: RestChoices;
  readonly directoryStore: DirectoryStore;
  readonly timeoutMs: number | null;
  readonly log: Log;
}

/** REST as the functions speak it. `current` answers the settings of the last reading, whose secret may be a newer one. */
export const restTransport = (
  { endpoint, identityEndpoint, warnings }: RestSettings,
  current: () => RestSettings,
  { choices, directoryStore, timeoutMs, log }: RestParts,
): Transport<Refusal> => {
  for (const warning of warnings) log.warn(warning);
  return createRestTransport({
    endpoint,
    identityEndpoint,
    credentials: current,
    settings: choices,
    directoryStore,
    onStoreTrouble: (error) =>
      log.warn('the directory could not be kept in the table', { error: errorText(error) }),
    clock: systemClock,
    random: systemRandom,
    timeoutMs,
  });
};
