import { isObject } from '../../../kernel/is-object.ts';
import type { Random } from '../../../kernel/random.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { nameFindings, refusal, unlike } from '../call/findings.ts';
import { type Done, done, type Finding, type Known, type Mapping } from '../call/mapping.ts';
import { codeOf, type RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';
import type { ImportBatch } from '../directory/directory.ts';
import { leadsOfKeys } from '../leads/lead-ids.ts';
import { partitionOf, workspaceFindings } from '../leads/partition.ts';
import {
  type Columns,
  cellsOf,
  columnsOf,
  fileOf,
  type Header,
  readHeader,
  rowFindings,
} from './import-file.ts';
import { type ImportState, stateOf } from './import-state.ts';
import { listMembers } from './list-members.ts';

type Params = CheckedParamsOf<'importToList'>;

/** Rows that are looked up one by one: four reads and four writes of 300. */
const MOST_LOOKED_UP = 1_000;

/**
 * Imports rows into a list of a program: by the upload of one file, on which Marketo works on after the answer; or, where only
 * the list is to be filled (LISTONLY), by a look for the leads, of which those that are found are added before the answer.
 */
export const importToList: Mapping<'importToList'> = {
  check: (params, known) => {
    const { programName, listName, importFileHeader, importFileRows, importListMode } = params;
    return [
      ...nameFindings({ programName, listName }),
      ...wishFindings(params),
      ...headerFindings(readHeader(importFileHeader), known),
      ...rowFindings(importFileHeader, importFileRows.stringItem),
      ...(importListMode === 'UPSERTLEADS' ? workspaceFindings(known) : []),
    ];
  },

  async run(params, session) {
    const columns = await readColumns(params, session);
    const { directory } = session;
    const { programName, listName } = params;
    return directory.using(
      session,
      () => directory.list(session, listName.trim(), programName.trim()),
      ({ id }) =>
        params.importListMode === 'LISTONLY'
          ? fill(params, columns, session, id)
          : upload(params, columns, session, id),
    );
  },
};

function wishFindings({
  clearList,
  campaignName,
  importListMode,
  importFileRows,
}: Params): readonly Finding[] {
  const count = importFileRows.stringItem.length;
  return [
    ...(clearList ? [refusal('REST cannot clear a list; remove its members first, or use a new list')] : []),
    ...(campaignName.trim() === ''
      ? []
      : [unlike('campaignName is not used: over SOAP it took the tokens of an import')]),
    ...(importListMode === 'LISTONLY' && count > MOST_LOOKED_UP
      ? [refusal(`LISTONLY has ${count} rows, and over REST takes ${MOST_LOOKED_UP}: split it`)]
      : []),
  ];
}

function headerFindings(header: Header, { fields }: Pick<Known, 'fields'>): readonly Finding[] {
  if (header.kind === 'bad') return [header.finding];
  return fields === null ? [] : columnsOf(header.names, fields).findings;
}

/** Fields are read again before a column is called unknown: somebody may just have made it. */
async function readColumns({ importFileHeader }: Params, session: Session): Promise<Columns> {
  const header = readHeader(importFileHeader);
  if (header.kind === 'bad') throw refused(header.finding.code, header.finding.message);
  const { directory } = session;
  const known = columnsOf(header.names, await directory.leadFields(session));
  const columns = known.findings.some(({ code }) => code === 1006)
    ? columnsOf(header.names, await directory.leadFields(session, { fresh: true }))
    : known;
  const wrong = columns.findings.find(({ kind }) => kind === 'refused');
  if (wrong !== undefined) throw refused(wrong.code, wrong.message);
  return columns;
}

async function upload(params: Params, columns: Columns, session: Session, listId: number): Promise<Done> {
  const text = fileOf(columns.names, params.importFileRows.stringItem);
  const { lookup: lookupField } = columns;
  const { result } = await session.ask({
    endpoint: 'importLeads',
    query: {
      format: 'csv',
      listId,
      lookupField,
      // An import by id creates no lead, and one that is there stays in its partition.
      partitionName: lookupField === 'id' ? undefined : partitionOf(session.workspace, session.settings),
    },
    file: { boundary: boundaryFor(text, session.random), text },
    announces: true,
    isReply: (reply) => (batchIdOf(reply) === null ? 'it names no batch' : null),
  });
  const batchId = batchIdOf({ result });
  if (batchId !== null) await keep(params, session, { kind: 'batch', batchId });
  return doneAs(stateOf(result[0]) ?? 'PROCESSING');
}

function batchIdOf({ result }: Pick<RestReply, 'result'>): number | null {
  const [row] = result;
  return isObject(row) ? codeOf(row['batchId']) : null;
}

/** In no line of the file, whatever chance says. */
function boundaryFor(text: string, random: Random): string {
  const chance = random().toString(36).slice(2);
  for (let count = 0; ; count += 1) {
    const boundary = `mktq-${chance}-${count}`;
    if (!text.includes(boundary)) return boundary;
  }
}

/** A row whose lead is not found, or of which several are, has failed; that is for the status to say, as of any import. */
async function fill(params: Params, columns: Columns, session: Session, listId: number): Promise<Done> {
  const { lookup, names } = columns;
  const keyType = lookup === 'email' ? 'EMAIL' : 'IDNUM';
  const values = cellsOf(params.importFileRows.stringItem, names.indexOf(lookup));
  const keys = values.filter(IS_KEY[lookup]).map((keyValue) => ({ keyType, keyValue }));
  const leads = await leadsOfKeys(session, keys);
  const ids = leads.flatMap((lead) => (lead.kind === 'lead' ? [lead.id] : []));
  const answers = await listMembers(session, 'add', listId, [...new Set(ids)]);
  const imported = ids.filter((id) => answers.get(id)?.status === 'added').length;
  await keep(params, session, { kind: 'counts', imported, failed: values.length - imported });
  return doneAs('COMPLETE');
}

/** What can be asked for: a value with a comma would be two. */
const IS_KEY = {
  email: (value: string) => value !== '' && !value.includes(','),
  id: (value: string) => /^\d{1,18}$/.test(value),
};

/** The import stands whether or not its status can be asked for later. */
async function keep(
  { programName, listName }: Params,
  { directory }: Session,
  batch: ImportBatch,
): Promise<void> {
  await directory.keepImportBatch(programName.trim(), listName.trim(), batch).catch(() => undefined);
}

function doneAs(importStatus: ImportState): Done {
  const result = { importStatus };
  const failure = importStatus === 'FAILED' ? { ok: false, message: 'importToList answered FAILED' } : {};
  return done({ result }, { result, ...failure });
}
