import type { Problem } from '../shared/job/validate-job.ts';
import { csvRowsOf } from '../shared/marketo/csv-rows.ts';
import type { CheckedParamsOf, OperationInput } from '../shared/marketo/operations/registry.ts';
import { isGiven, type LeadRecordParams } from '../shared/marketo/operations/types.ts';
import { addressProblem, keyProblem } from './address-problem.ts';

/**
 * Keys of leads that name nobody, of which Marketo would make leads, or which it would look for in vain. Reads and removals are
 * free of this, as they are how such a lead is found and taken away. The worker judges none: what was accepted runs.
 */
export function leadKeyProblems({ operation, params }: OperationInput): readonly Problem[] {
  switch (operation) {
    case 'syncLead':
      return [
        ...recordProblems(params.leadRecord, 'params.leadRecord'),
        ...problemAt('params.marketoCookie', params.marketoCookie, keyProblem),
      ];
    case 'syncMultipleLeads':
      return params.leadRecordList.leadRecord.flatMap((record, index) =>
        recordProblems(record, `params.leadRecordList.leadRecord[${index}]`),
      );
    case 'requestCampaign':
      return keysProblems(params.leadList?.leadKey ?? [], 'params.leadList.leadKey');
    case 'listOperation':
      return params.listOperation === 'ADDTOLIST'
        ? keysProblems(params.listMemberList.leadKey, 'params.listMemberList.leadKey')
        : [];
    case 'importToList':
      return importProblems(params);
    default:
      return [];
  }
}

function recordProblems(record: LeadRecordParams, path: string): readonly Problem[] {
  return [
    ...problemAt(`${path}.Email`, record.Email, addressProblem),
    ...problemAt(`${path}.ForeignSysPersonId`, record.ForeignSysPersonId, keyProblem),
  ];
}

const ADDRESS_KEYS: ReadonlySet<string> = new Set(['EMAIL', 'LEADOWNEREMAIL']);

const keysProblems = (
  keys: readonly { readonly keyType: string; readonly keyValue: string }[],
  path: string,
): readonly Problem[] =>
  keys.flatMap(({ keyType, keyValue }, index) =>
    problemAt(
      `${path}[${index}].keyValue`,
      keyValue,
      ADDRESS_KEYS.has(keyType) ? addressProblem : keyProblem,
    ),
  );

/** The rows of an import are CSV; those that cannot be read are for whoever sends them to refuse. */
function importProblems({
  importFileHeader,
  importFileRows,
}: CheckedParamsOf<'importToList'>): readonly Problem[] {
  const column = cellsOf(importFileHeader).findIndex((name) => EMAIL_COLUMN.test(name.trim()));
  if (column < 0) return [];
  return importFileRows.stringItem.flatMap((row, index) =>
    problemAt(`params.importFileRows.stringItem[${index}]`, cellsOf(row)[column], addressProblem),
  );
}

const EMAIL_COLUMN = /^e-?mail(?: ?address)?$/i;

function cellsOf(text: string): readonly string[] {
  const [row] = csvRowsOf(text);
  return row?.kind === 'row' ? row.cells : [];
}

function problemAt(
  path: string,
  key: string | undefined,
  problemOf: (key: string) => string | null,
): readonly Problem[] {
  const message = isGiven(key) ? problemOf(key) : null;
  return message === null ? [] : [{ path, message }];
}
