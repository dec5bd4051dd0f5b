import { type Job, MESSAGE_VERSION } from '../../shared/job/job.ts';
import type { LeadFields } from '../../shared/marketo/rest/leads/lead-fields.ts';
import { standardFields } from '../../shared/marketo/rest/leads/standard-lead-fields.ts';
import { readBasis } from '../check/basis.ts';
import { findingsOf } from '../check/findings.ts';
import type { Cli } from '../cli.ts';
import { Failure } from '../exit.ts';
import { sourceText } from '../render/check.ts';
import type { Column } from '../source/csv-leads.ts';

/** What the names of a file's columns were compared with, and what it leaves open. */
export interface HeaderCheck {
  /** Whose fields, and how old the knowledge is. */
  readonly comparedWith: string;
  /** Columns that may be fields of this instance, or not. */
  readonly doubtful: readonly string[];
}

interface Asked {
  /** For messages. */
  readonly file: string;
  readonly workspace: string | undefined;
}

/**
 * Holds the columns of a file against what a worker would make of a row that fills them all, before any is sent. A Failure where
 * it would refuse each such row; where nobody knows the fields of the instance, a column that is no standard one is only doubted.
 */
export async function checkHeader(
  cli: Cli,
  columns: readonly Column[],
  { file, workspace }: Asked,
): Promise<HeaderCheck> {
  const basis = await readBasis(cli, { offline: false });
  if (basis.transport === 'soap') return overSoap(columns);
  const row = rowWithAll(columns, workspace);
  const findings = findingsOf(row, basis, cli.clock());
  const comparedWith = sourceText(basis, cli.clock());
  const faults = findings.filter(({ kind }) => kind === 'refused' || kind === 'needs-setting');
  if (faults.length > 0)
    throw new Failure(
      `the header of ${file}: ${faults.map(({ message }) => message).join('; ')} (fields: ${comparedWith}). ` +
        howToGoOn(columns, basis.fields),
    );
  return {
    comparedWith,
    doubtful: unknown(columns, ({ attribute }) => basis.fields.bySoapName(attribute) !== null),
  };
}

/** The description of an instance is read over REST; over SOAP a name is the one that SOAP has for the field. */
function overSoap(columns: readonly Column[]): HeaderCheck {
  const names = new Set(standardFields().all.map(({ soap }) => soap));
  return {
    comparedWith: 'the standard ones alone: over SOAP nobody reads those of the instance',
    doubtful: unknown(columns, ({ attribute }) => names.has(attribute)),
  };
}

const unknown = (columns: readonly Column[], isKnown: (column: Column) => boolean): readonly string[] =>
  columns.filter((column) => !isKnown(column)).map(({ column }) => column);

/** Which lead, and what of it, does not matter: a value that is the same everywhere contradicts none. */
const VALUE = 'somebody@example.com';

/** Without a foreign id: its type, and so its field, is a row's own. */
function rowWithAll(columns: readonly Column[], workspace: string | undefined): Job {
  const attribute = columns.map((column) => ({ attrName: column.attribute, attrValue: VALUE }));
  const leadRecord = { Email: VALUE, leadAttributeList: { attribute } };
  return {
    version: MESSAGE_VERSION,
    id: 'header',
    operation: 'syncLead',
    params: { leadRecord, returnLead: false },
    ...(workspace === undefined ? {} : { workspace }),
  };
}

/** With the map that would mend it, as far as anybody can guess. */
function howToGoOn(columns: readonly Column[], fields: LeadFields): string {
  const taken = new Set(columns.map(({ attribute }) => fields.bySoapName(attribute)));
  const isFree = (name: string): boolean => {
    const field = fields.bySoapName(name);
    return field !== null && !field.readOnly && !taken.has(field);
  };
  const map = columns
    .filter(({ attribute }) => fields.bySoapName(attribute) === null)
    .map(({ column, attribute }) => {
      const name = fields.nearest(attribute).find(isFree) ?? null;
      if (name !== null) taken.add(fields.bySoapName(name));
      return `${JSON.stringify(column)}:${JSON.stringify(name)}`;
    });
  const rename =
    map.length === 0
      ? ''
      : ` Rename what is wrong in the file, or give --map a file such as {${map.join(', ')}}; null leaves a column out.`;
  return `Nothing was sent.${rename} --no-header-check sends the rows all the same`;
}
