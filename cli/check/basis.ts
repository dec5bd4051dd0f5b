import { transportOf } from '../../shared/config/marketo.ts';
import { readRestChoices } from '../../shared/config/rest-choices.ts';
import { refuseMisspelt } from '../../shared/config/variable-names.ts';
import type { RestSettings } from '../../shared/marketo/rest/call/settings.ts';
import { readKnownLeadFields } from '../../shared/marketo/rest/directory/lead-fields-copy.ts';
import type { LeadFields } from '../../shared/marketo/rest/leads/lead-fields.ts';
import { standardFields } from '../../shared/marketo/rest/leads/standard-lead-fields.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { Failure, UsageError } from '../exit.ts';
import { wordsFor } from '../trouble.ts';

/** What jobs are held against. Over SOAP every valid job runs. */
export type Basis = { readonly transport: 'soap' } | RestBasis;

export interface RestBasis {
  readonly transport: 'rest';
  readonly settings: RestSettings;
  readonly fields: LeadFields;
  readonly source: FieldsSource;
}

/** Whose the fields are. `at`, in epoch ms, is when a worker was last told of them. */
export type FieldsSource =
  | { readonly kind: 'instance'; readonly at: number }
  /** Marketo refuses to describe them: the standard ones are all that a worker goes by, too. */
  | { readonly kind: 'refused'; readonly at: number }
  /** A worker knows more than this check does. */
  | { readonly kind: 'standard'; readonly because: string };

/**
 * The transport and the settings of the stack that was named or that runs, else of this shell; and the lead fields as a
 * worker keeps them in the table. Asks Marketo nothing, as the credentials are the worker's alone.
 */
export async function readBasis(cli: Cli, { offline }: { readonly offline: boolean }): Promise<Basis> {
  if (offline && cli.stackName !== undefined)
    throw new UsageError(`--offline asks no stack: leave out --stack ${cli.stackName}`);
  const connection = offline ? null : await connectionOf(cli);
  if (connection === null) refuseMisspelt(cli.env);
  const transport = connection?.stack.transport ?? transportOf(cli.env);
  if (transport === 'soap') return { transport };
  const settings = connection?.stack.restChoices ?? readRestChoices(cli.env);
  const known = connection === null ? fieldsWithout(offline) : await knownFields(connection);
  return { transport, settings, ...known };
}

/** A stack that was named must be there; one of this machine need not run. */
export async function connectionOf(cli: Cli): Promise<Connection | null> {
  try {
    return await cli.connect();
  } catch (error) {
    if (cli.stackName === undefined && error instanceof Failure) return null;
    throw error;
  }
}

type KnownFields = Pick<RestBasis, 'fields' | 'source'>;

async function knownFields({ directoryStore: store, clock }: Connection): Promise<KnownFields> {
  try {
    const known = await readKnownLeadFields({ store, clock });
    if (known === null) return standard('no worker of this stack has asked for those of the instance yet');
    const { fields, at } = known;
    return { fields, source: { kind: known.standard ? 'refused' : 'instance', at } };
  } catch (error) {
    return standard(wordsFor(error));
  }
}

const fieldsWithout = (offline: boolean): KnownFields =>
  standard(offline ? 'no stack is asked (--offline)' : 'no stack is running here to ask for others');

const standard = (because: string): KnownFields => ({
  fields: standardFields(),
  source: { kind: 'standard', because },
});
