import { acceptImport, importById, statusOf } from '../../instance/imports.ts';
import type { ImportBatch, ImportRow, Instance } from '../../instance/instance.ts';
import { Refusal } from '../../instance/refusal.ts';
import { type CsvRow, csvRows } from '../csv.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { type LookupField, leadRecordOf, lookupField, lookupOf } from '../lead-record.ts';
import { integer, optionalInteger, parameter, requiredParameter } from '../query.ts';
import { RestError } from '../rest-error.ts';

const BATCH = '/bulk/v1/leads/batch/{batchId}';
const read = { method: 'GET', body: 'get', writes: false } as const;

/** The books name no leads of an import: its rows are written later. */
export const bulkImportEndpoints: readonly Endpoint[] = [
  { method: 'POST', pattern: '/bulk/v1/leads.json', body: 'multipart', writes: true, serve: accept },
  { ...read, pattern: `${BATCH}.json`, serve: status },
  { ...read, pattern: `${BATCH}/failures.json`, serve: failures },
  { ...read, pattern: `${BATCH}/warnings.json`, serve: warnings },
];

const SEPARATORS: Readonly<Record<string, string>> = { csv: ',', tsv: '\t', ssv: ';' };

function accept(call: RestCall): RestResult {
  const { instance, now } = call;
  const format = requiredParameter(call, 'format');
  const separator = SEPARATORS[format];
  if (separator === undefined) throw new RestError(1003, `Invalid format: ${format}`);
  const [header, ...rows] = csvRows(call.request.file ?? '', separator) ?? [];
  if (header === undefined || rows.length === 0) throw new RestError(1003, 'Empty file');
  const lookup = lookupField(instance, parameter(call, 'lookupField') ?? 'email', true);
  refuseHeader(instance, header.cells, lookup);
  const batch = acceptImport(
    instance,
    {
      listId: listIn(call),
      partition: partitionIn(call),
      header: header.raw,
      separator,
      rows: rows.map((row) => importRow(instance, lookup, header.cells, row)),
    },
    now,
  );
  return rowsOf([{ batchId: batch.id, importId: String(batch.id), status: 'Queued' }]);
}

function refuseHeader(instance: Instance, columns: readonly string[], lookup: LookupField): void {
  const unknown = columns.find((name) => name !== 'id' && !instance.leadFields.byRestName.has(name));
  if (unknown !== undefined) throw new RestError(1006, `Field '${unknown}' not found`);
  if (new Set(columns).size < columns.length) throw new RestError(1003, 'Duplicate column in the header');
  const key = lookup === 'id' ? 'id' : lookup.rest;
  if (key === null || !columns.includes(key)) throw new RestError(1003, `Lookup field '${key}' is no column`);
}

function listIn(call: RestCall): number | null {
  const id = optionalInteger(call, 'listId');
  if (id !== null && !call.instance.lists.has(id)) throw new RestError(1013, `List '${id}' not found`);
  return id;
}

function partitionIn(call: RestCall): string | null {
  const name = parameter(call, 'partitionName');
  if (name !== null && !call.instance.partitions.includes(name))
    throw new RestError(1008, `Access to partition '${name}' denied`);
  return name;
}

function importRow(
  instance: Instance,
  lookup: LookupField,
  columns: readonly string[],
  { raw, cells }: CsvRow,
): ImportRow {
  if (cells.length !== columns.length)
    return { kind: 'bad', raw, reason: `Row has ${cells.length} columns instead of ${columns.length}` };
  const json = Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
  try {
    const record = leadRecordOf(instance, lookup, json);
    return { kind: 'lead', raw, lookup: lookupOf(lookup, json), record };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'bad', raw, reason: error.message };
    throw error;
  }
}

function batchIn({ instance, path, now }: RestCall): ImportBatch {
  return importById(instance, integer(path['batchId'] ?? ''), now);
}

function status(call: RestCall): RestResult {
  const batch = batchIn(call);
  const { imported, failures: failed } = batch.outcome ?? { imported: 0, failures: [] };
  return rowsOf([
    {
      batchId: batch.id,
      importId: String(batch.id),
      status: statusOf(batch, call.now),
      numOfLeadsProcessed: imported,
      numOfRowsFailed: failed.length,
      numOfRowsWithWarning: 0,
      message: messageOf(batch, imported, failed.length),
    },
  ]);
}

function messageOf({ outcome, listId }: ImportBatch, imported: number, failed: number): string {
  if (outcome === null) return '';
  const how = failed === 0 ? 'Import succeeded' : 'Import completed with errors';
  const members = listId === null ? 0 : imported;
  return `${how}, ${imported} records imported (${members} members), ${failed} failed`;
}

/** The failed rows as they came, with a column that says why; nothing if none failed. */
function failures(call: RestCall): RestResult {
  const { header, separator, outcome } = batchIn(call);
  const failed = outcome?.failures ?? [];
  const lines = failed.map(({ raw, reason }) => `${raw}${separator}${quoted(reason)}`);
  const body =
    lines.length === 0 ? '' : `${[`${header}${separator}Import Failure Reason`, ...lines].join('\n')}\n`;
  return { kind: 'file', body };
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** No row is ever only warned of. */
function warnings(call: RestCall): RestResult {
  batchIn(call);
  return { kind: 'file', body: '' };
}
