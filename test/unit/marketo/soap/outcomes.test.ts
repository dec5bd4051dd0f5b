import { describe, expect, test } from 'vitest';
import { failedPositions, recordFault } from '../../../../shared/marketo/faults/classify.ts';
import { type OperationName, paramsWithOnly } from '../../../../shared/marketo/operations/registry.ts';
import { recordOutcomes, statusOutcomes } from '../../../../shared/marketo/soap/outcomes.ts';
import { checked } from '../../../support/checked.ts';

const failures = (operation: OperationName, params: unknown, result: unknown) =>
  recordFault(recordOutcomes(checked(operation, params), result));

function failedOnly(operation: OperationName, params: unknown, result: unknown): unknown {
  const input = checked(operation, params);
  const failed = failedPositions(recordOutcomes(input, result));
  return failed === null ? null : paramsWithOnly(input, failed);
}

const ok = { status: 'UPDATED' };
const bad = (error?: string) => ({ status: 'FAILED', error });

describe('recordFault', () => {
  test('is null when nothing failed, and when there was nothing', () => {
    expect(recordFault(statusOutcomes([1, 2], [ok, ok]))).toBeNull();
    expect(recordFault(statusOutcomes([1, 2], []))).toBeNull();
  });

  test('quotes each error once with its records', () => {
    const outcomes = statusOutcomes([1, 2, 3, 4], [bad('no city'), ok, bad('locked'), bad('no city')]);
    expect(recordFault(outcomes)).toMatchObject({
      message: 'no city [records 1, 4 of 4]; locked [record 3 of 4]',
      failed: 3,
      total: 4,
    });
  });

  test('stays short however much failed', () => {
    const records = Array.from({ length: 300 }, (_, at) => at);
    const one = recordFault(
      statusOutcomes(
        records,
        records.map(() => bad('no city')),
      ),
    );
    expect(one?.message).toBe(`no city [records ${records.slice(1, 21).join(', ')}, … of 300]`);
    const many = recordFault(
      statusOutcomes(
        records,
        records.map((at) => bad(`error ${at}`)),
      ),
    );
    expect(many?.message).toMatch(/error 4 \[record 5 of 300\]; and 295 more errors$/);
  });

  test('has words for a failure that Marketo has none for', () => {
    expect(recordFault(statusOutcomes([1], [bad()]))?.message).toBe('status FAILED without an error text');
  });

  test('does not take a record without a status for done', () => {
    expect(recordFault(statusOutcomes([1, 2], [ok]))).toMatchObject({
      message: 'the answer has no status for it [1 of 2 records]',
      failed: 1,
      total: 2,
    });
  });
});

describe('an answer', () => {
  const lead = (email: string) => ({ Email: email });
  const params = {
    leadRecordList: { leadRecord: [lead('ann@example.com'), lead('bob@example.com')] },
    dedupEnabled: true,
  };
  const answer = {
    syncStatusList: {
      syncStatus: [
        { leadId: 1, ...ok },
        { leadId: 0, ...bad('bad address') },
      ],
    },
  };

  test('is read bare and wrapped in its result', () => {
    const wanted = { message: 'bad address [record 2 of 2]', failed: 1, total: 2 };
    expect(failures('syncMultipleLeads', params, answer)).toMatchObject(wanted);
    expect(failures('syncMultipleLeads', params, { result: answer })).toMatchObject(wanted);
  });

  test('leaves only the failed records to a redrive', () => {
    const left = { leadRecordList: { leadRecord: [lead('bob@example.com')] }, dedupEnabled: true };
    expect(failedOnly('syncMultipleLeads', params, answer)).toEqual(left);
  });

  test('leaves the whole to a redrive when it does not tell which records failed', () => {
    const short = { syncStatusList: { syncStatus: [bad('bad address')] } };
    expect(failedOnly('syncMultipleLeads', params, short)).toBeNull();
    expect(failures('syncMultipleLeads', params, short)?.failed).toBe(2);
  });

  test('that blames nobody in particular fails every member of a list', () => {
    const list = {
      listOperation: 'ADDTOLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'l' },
      listMemberList: { leadKey: [{ keyType: 'IDNUM', keyValue: '1' }] },
    };
    const unasked = {
      success: false,
      statusList: { leadStatus: [{ leadKey: { keyType: 'IDNUM', keyValue: '9' }, status: false }] },
    };
    expect(failures('listOperation', list, unasked)).toMatchObject({ failed: 1, total: 1 });
    expect(failures('listOperation', list, { success: true })).toBeNull();
  });

  test.each(['FAILED', 'CANCELED'])('of importToList that says %s is a failure', (importStatus) => {
    const list = {
      programName: 'p',
      importFileHeader: 'Email',
      importFileRows: { stringItem: ['ann@example.com'] },
      importListMode: 'LISTONLY',
      listName: 'l',
      clearList: false,
      campaignName: 'c',
    };
    expect(failures('importToList', list, { importStatus })?.message).toBe(
      `importToList answered ${importStatus}`,
    );
    expect(failures('importToList', list, { importStatus: 'PROCESSING' })).toBeNull();
  });

  test('to a question is never a failure', () => {
    expect(failures('getImportToListStatus', { listName: 'l' }, { status: 'FAILED' })).toBeNull();
  });
});

describe('recordOutcomes', () => {
  const record = { ok: true, code: null, message: '' };

  test('has one record where a call is not about records', () => {
    const names = { objects: ['LeadRecord'] };
    expect(recordOutcomes(checked('listMObjects', {}), { result: names })).toEqual({
      records: [{ ...record, result: names }],
      inOrder: true,
    });
  });

  test('gives each record its own part of the answer, in the order of the call', () => {
    const leadKey = ['1', '2', '3'].map((keyValue) => ({ keyType: 'IDNUM', keyValue }));
    const list = {
      listOperation: 'ISMEMBEROFLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'l' },
      listMemberList: { leadKey },
    };
    const status = (at: number, said: boolean) => ({ leadKey: leadKey[at], status: said });
    const leadStatus = [status(2, true), status(0, false)];
    expect(
      recordOutcomes(checked('listOperation', list), { success: false, statusList: { leadStatus } }),
    ).toEqual({
      records: [
        { ...record, result: leadStatus[1] },
        { ...record, result: null },
        { ...record, result: leadStatus[0] },
      ],
      inOrder: true,
    });
  });

  test('says that a failure cannot be placed where an answer has another number of statuses', () => {
    const answer = recordOutcomes(
      checked('syncMultipleLeads', {
        leadRecordList: { leadRecord: [{ Id: 1 }, { Id: 2 }] },
        dedupEnabled: true,
      }),
      { syncStatusList: { syncStatus: [{ leadId: 1, ...ok }] } },
    );
    expect(answer.inOrder).toBe(false);
    expect(answer.records.map((one) => one.ok)).toEqual([true, false]);
    expect(failedPositions(answer)).toBeNull();
  });
});
