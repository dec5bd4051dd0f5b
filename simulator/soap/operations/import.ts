import { campaignNamed } from '../../instance/campaigns.ts';
import { addList, type Instance, type Lead, type StaticList } from '../../instance/instance.ts';
import { listInProgram, listNamed } from '../../instance/lists.ts';
import { Refusal } from '../../instance/refusal.ts';
import { matchLead, upsertLead } from '../../instance/write-lead.ts';
import { ServiceFault } from '../fault.ts';
import { leadRecordOf } from '../lead-record.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { oneOf, requiredBoolean, requiredText, stringItems, text } from '../params.ts';
import type { Element } from '../xml.ts';
import type { Call } from './operation.ts';

const MODES = ['UPSERTLEADS', 'LISTONLY'] as const;

/**
 * Imports rows into a list of a program. Marketo does it later; here it is done when the call returns, which still says
 * PROCESSING. The campaign gives the import its tokens and is not run.
 */
export function importToList(instance: Instance, { params, now }: Call): Markup {
  const program = requiredText(params, 'programName');
  if (!instance.programs.has(program)) throw new ServiceFault(20110, `No program named ${program}`);
  const columns = cells(requiredText(params, 'importFileHeader')).map((column) => soapName(instance, column));
  const rows = stringItems(params, 'importFileRows');
  if (rows.length === 0) throw new ServiceFault(20109, 'importFileRows is empty');
  const mode = oneOf(MODES, requiredText(params, 'importListMode'), 20110, 'importListMode');
  const name = requiredText(params, 'listName');
  const clear = requiredBoolean(params, 'clearList');
  const campaignName = text(params, 'campaignName')?.trim() ?? '';
  if (campaignName !== '') campaignNamed(instance, program, campaignName);

  const list =
    listInProgram(instance, program, name) ?? listNamed(instance, name) ?? addList(instance, name, program);
  if (clear) list.members.clear();
  const leads = rows
    .map((row) => importRow(instance, columns, cells(row), mode, now))
    .filter((lead) => lead !== null);
  join(list, leads);
  const failed = rows.length - leads.length;
  instance.imports.push({ program, list: name, startedAt: now, imported: leads.length, failed });
  return tag('result', tag('importStatus', 'PROCESSING'));
}

function join(list: StaticList, leads: readonly Lead[]): void {
  for (const lead of leads) list.members.add(lead.id);
}

/** A header has the names that people read; one that is none is taken as it is. */
function soapName({ leadFields }: Instance, column: string): string {
  return leadFields.all.find(({ displayName }) => displayName === column)?.soap ?? column;
}

function cells(row: string): string[] {
  return row.split(',').map((cell) => cell.trim());
}

function importRow(
  instance: Instance,
  columns: readonly string[],
  row: readonly string[],
  mode: (typeof MODES)[number],
  now: number,
): Lead | null {
  try {
    const record = leadRecordOf(instance, recordElement(columns, row));
    const existing = matchLead(instance, record);
    return mode === 'LISTONLY' ? existing : upsertLead(instance, record, existing, now).lead;
  } catch (error) {
    if (error instanceof ServiceFault || error instanceof Refusal) return null;
    throw error;
  }
}

/** A row as the LeadRecord that syncLead would get. */
function recordElement(columns: readonly string[], row: readonly string[]): Element {
  const pairs = columns.map((column, index) =>
    element('attribute', '', [element('attrName', column), element('attrValue', row[index] ?? '')]),
  );
  return element('leadRecord', '', [element('leadAttributeList', '', pairs)]);
}

function element(name: string, content: string, children: readonly Element[] = []): Element {
  return { name, namespace: '', text: content, children };
}

export function getImportToListStatus(instance: Instance, { params }: Call): Markup {
  const program = text(params, 'programName');
  const list = text(params, 'listName');
  const matching = instance.imports.filter(
    (job) => (program === null || job.program === program) && (list === null || job.list === list),
  );
  const job = matching.at(-1);
  if (job === undefined) throw new ServiceFault(20111, `No import found for list ${list ?? ''}`);
  const at = new Date(job.startedAt).toISOString();
  return tag(
    'result',
    tag('status', 'COMPLETE'),
    tag('startedTime', at),
    tag('endedTime', at),
    nil('estimatedTime'),
    nil('estimatedRows'),
    tag('rowsImported', job.imported),
    tag('rowsFailed', job.failed),
    tag('rowsIgnored', 0),
    tag('importSummary', `${job.imported} imported, ${job.failed} failed`),
  );
}
