import { describe, expect, test } from 'vitest';
import { prepare } from '../../../client/prepare.ts';
import { parseJob } from '../../../shared/job/parse-job.ts';

const ports = { clock: () => 0, makeId: () => 'made' };

const refusalOf = (operation: string, params: object): string | null => {
  const answer = prepare({ operation, params }, ports);
  return answer.kind === 'refused' ? answer.error : null;
};

const leadKeys = (...keyValues: readonly string[]) => ({
  leadKey: keyValues.map((keyValue) => ({ keyType: 'EMAIL', keyValue })),
});
const record = (more: object, attrValue = 'NULL') => ({
  ...more,
  leadAttributeList: { attribute: [{ attrName: 'Phone', attrValue }] },
});
const listJob = (listOperation: string) => ({
  listOperation,
  listKey: { keyType: 'MKTOLISTNAME', keyValue: 'a list' },
  listMemberList: leadKeys('ann@example.com', 'NULL'),
});
const campaign = { source: 'MKTOWS', campaignId: 1 };
const importJob = (importFileHeader: string, ...rows: readonly string[]) => ({
  programName: 'p',
  importFileHeader,
  importFileRows: { stringItem: rows },
  importListMode: 'UPSERTLEADS',
  listName: 'l',
  clearList: false,
  campaignName: 'c',
});

describe('a job whose key names nobody is not sent', () => {
  test.each([
    ['syncLead', { leadRecord: { Email: 'NULL' }, returnLead: false }, 'params.leadRecord.Email'],
    ['syncLead', { leadRecord: { Id: 7, Email: '0' }, returnLead: false }, 'params.leadRecord.Email'],
    [
      'syncLead',
      { leadRecord: { ForeignSysPersonId: '#N/A', ForeignSysType: 'CUSTOM' }, returnLead: false },
      'params.leadRecord.ForeignSysPersonId',
    ],
    ['syncLead', { leadRecord: {}, marketoCookie: 'null', returnLead: false }, 'params.marketoCookie'],
    [
      'syncMultipleLeads',
      { leadRecordList: { leadRecord: [{ Email: 'ann@example.com' }, { Email: 'a;b' }] } },
      'params.leadRecordList.leadRecord[1].Email',
    ],
    [
      'requestCampaign',
      { ...campaign, leadList: leadKeys('ann@example.com', 'mailto:bob@example.com') },
      'params.leadList.leadKey[1].keyValue',
    ],
    ['listOperation', listJob('ADDTOLIST'), 'params.listMemberList.leadKey[1].keyValue'],
    [
      'importToList',
      importJob('FirstName,Email Address', 'Ann,ann@example.com', 'Bob,N/A'),
      'params.importFileRows.stringItem[1]',
    ],
  ])('in %s %j', (operation, params, path) => {
    expect(refusalOf(operation, params)).toMatch(
      new RegExp(`^${path.replaceAll(/[[\].]/g, '\\$&')}: (?:is|begins)`),
    );
  });

  test('while a value may say anything', () => {
    expect(
      refusalOf('syncLead', { leadRecord: record({ Email: 'ann@example.com' }), returnLead: false }),
    ).toBeNull();
    expect(refusalOf('importToList', importJob('Email,Phone', 'ann@example.com,NULL'))).toBeNull();
    expect(refusalOf('importToList', importJob('Phone', 'NULL'))).toBeNull();
  });

  test('while a lead that has such a key can be read and taken away', () => {
    expect(refusalOf('getLead', { leadKey: { keyType: 'EMAIL', keyValue: 'NULL' } })).toBeNull();
    expect(refusalOf('listOperation', listJob('REMOVEFROMLIST'))).toBeNull();
  });

  test('while the worker runs what is in the queue', () => {
    const job = {
      version: 1,
      id: 'j1',
      operation: 'syncLead',
      params: { leadRecord: { Email: 'NULL' }, returnLead: false },
    };
    expect(parseJob(JSON.stringify(job)).kind).toBe('job');
  });
});
