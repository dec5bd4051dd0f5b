import { describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../../../../shared/marketo/operations/operation-names.ts';
import {
  isOperationName,
  isRead,
  isUnsafe,
  leadKeysOf,
  type OperationName,
  type ParamsOf,
  timeoutMs,
  validateParams,
} from '../../../../shared/marketo/operations/registry.ts';
import { withTypeAttributes } from '../../../../shared/marketo/soap/type-attributes.ts';
import { successElement } from '../../../../shared/marketo/soap/wsdl.ts';
import { checked } from '../../../support/checked.ts';

function problemsOf(operation: OperationName, params: unknown): readonly string[] {
  const found = validateParams(operation, params);
  return found.kind === 'valid' ? [] : found.problems.map(({ path, message }) => `${path}: ${message}`);
}

const acceptedAs = (operation: OperationName, params: unknown): unknown => checked(operation, params).params;

const ann = { Email: 'ann@example.com' };
const idKeys = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ keyType: 'IDNUM', keyValue: `${at + 1}` }));
const sync = (leadRecord: unknown, rest: object = {}) => ({ leadRecord, returnLead: false, ...rest });
const withAttribute = (attribute: unknown) => sync({ ...ann, leadAttributeList: { attribute } });

describe('the names of the operations', () => {
  test('are told from anything else', () => {
    expect(OPERATION_NAMES.every(isOperationName)).toBe(true);
    expect(['synclead', 'toString', '__proto__', null, 7].some(isOperationName)).toBe(false);
  });

  test('make the element of the answer', () => {
    expect(successElement('listMObjects')).toBe('successListMObjects');
  });
});

describe('validateParams', () => {
  test('refuses a name in the wrong case and says which was meant', () => {
    expect(problemsOf('syncLead', sync({ email: 'ann@example.com' }))).toEqual([
      'params.leadRecord.email: unknown name; did you mean Email?',
    ]);
    expect(problemsOf('syncLead', sync(ann))).toEqual([]);
  });

  test('refuses the names of Adobe’s prose where the WSDL has others', () => {
    const params = { objectTypeName: 'car', customObjectList: { customObj: [{}] }, operation: 'UPSERT' };
    expect(problemsOf('syncCustomObjects', params)).toEqual([
      'params.objectTypeName: unknown name; did you mean objTypeName?',
      'params.customObjectList: unknown name; did you mean customObjList?',
      'params.objTypeName: is missing',
      'params.customObjList: is missing',
    ]);
  });

  test('lists what is known where no name is near', () => {
    expect(problemsOf('getLead', { leadKey: { keyType: 'IDNUM', keyValue: '1', colour: 'red' } })).toEqual([
      'params.leadKey.colour: unknown name; known here: keyType, keyValue',
    ]);
  });

  test('names every problem at once, each with its path', () => {
    const params = {
      leadRecord: {
        leadAttributeList: { attribute: [{ attrName: 1, attrValue: null }, { attrName: 'City' }] },
      },
      returnLead: 'true',
    };
    expect(problemsOf('syncLead', params)).toEqual([
      'params.leadRecord.leadAttributeList.attribute[0].attrName: must be a string (in quotes), not a number',
      'params.leadRecord.leadAttributeList.attribute[0].attrValue: is null; give it a value',
      'params.leadRecord.leadAttributeList.attribute[1].attrValue: is missing',
      'params.returnLead: must be true or false (without quotes), not a string',
    ]);
  });

  test('refuses null for an optional child and says to leave it out', () => {
    expect(problemsOf('syncLead', sync(ann, { marketoCookie: null }))).toEqual([
      'params.marketoCookie: is null; leave the name out instead',
    ]);
    expect(problemsOf('syncLead', sync(ann, { marketoCookie: undefined }))).toEqual([]);
  });

  test.each([null, undefined, 'text', 7, [], true])('refuses %j for the whole', (params) => {
    expect(problemsOf('listMObjects', params)).toHaveLength(1);
    expect(problemsOf('listMObjects', {})).toEqual([]);
  });

  test('lists the allowed values of an enumeration', () => {
    const params = { source: 'mktows', campaignId: 1, leadList: { leadKey: idKeys(1) } };
    expect(problemsOf('requestCampaign', params)).toEqual([
      'params.source: must be one of MKTOWS, SALES; did you mean MKTOWS?',
    ]);
    expect(problemsOf('requestCampaign', { ...params, source: 'MKTOWS' })).toEqual([]);
  });

  test('takes numbers and booleans as the text of a value, and nowhere else', () => {
    const accepted = acceptedAs('syncLead', withAttribute([{ attrName: 'Score', attrValue: 12.5 }]));
    expect(accepted).toEqual(withAttribute([{ attrName: 'Score', attrValue: '12.5' }]));
    expect(acceptedAs('getLead', { leadKey: { keyType: 'IDNUM', keyValue: 42 } })).toEqual({
      leadKey: { keyType: 'IDNUM', keyValue: '42' },
    });
    expect(problemsOf('syncLead', sync({ Email: 42 }))).toEqual([
      'params.leadRecord.Email: must be a string (in quotes), not a number',
    ]);
  });

  test.each([1e21, 9_007_199_254_740_992, 1e-9, Number.POSITIVE_INFINITY, Number.NaN])(
    'refuses the number %d, which would not be sent as it was written',
    (attrValue) => {
      expect(problemsOf('syncLead', withAttribute([{ attrName: 'Score', attrValue }]))).toHaveLength(1);
    },
  );

  test.each(['1', 1.5, 2_147_483_648, true, 0, -1])('refuses %j for an id', (Id) => {
    expect(problemsOf('syncLead', sync({ Id }))).toHaveLength(1);
    expect(problemsOf('syncLead', sync({ Id: 1 }))).toEqual([]);
  });

  test.each([
    '',
    ' ',
    '2026-11-22',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-13-01T00:00:00Z',
    0,
  ])('refuses %j for a date-time', (campaignRunAt) => {
    const params = { programName: 'p', campaignName: 'c', campaignRunAt };
    expect(problemsOf('scheduleCampaign', params)).toHaveLength(1);
  });

  test.each(['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.123-06:00', '2026-11-22T10:00:00'])(
    'takes %s for a date-time',
    (campaignRunAt) => {
      expect(problemsOf('scheduleCampaign', { programName: 'p', campaignName: 'c', campaignRunAt })).toEqual(
        [],
      );
    },
  );

  test.each([
    ['\b', 'U+0008'],
    ['\u0000', 'U+0000'],
    ['\ufffe', 'U+FFFE'],
    ['\ud83d', 'U+D83D'],
    ['\udc00x', 'U+DC00'],
  ])('refuses %j by name, because XML cannot carry it', (character, name) => {
    expect(
      problemsOf('syncLead', withAttribute([{ attrName: 'City', attrValue: `a${character}b` }])),
    ).toEqual([
      `params.leadRecord.leadAttributeList.attribute[0].attrValue: contains ${name}, which XML cannot carry; remove it`,
    ]);
  });

  test.each(['\t\n\r', '😀', '\u0085', ']]>', '\ud7ff\ue000\ufffd'])(
    'takes %j, which XML can carry',
    (attrValue) => {
      expect(problemsOf('syncLead', withAttribute([{ attrName: 'City', attrValue }]))).toEqual([]);
    },
  );

  test('takes a repeated element bare and answers a list', () => {
    const bare = {
      source: 'MKTOWS',
      campaignId: 1,
      leadList: { leadKey: { keyType: 'IDNUM', keyValue: '1' } },
    };
    expect(acceptedAs('requestCampaign', bare)).toEqual({ ...bare, leadList: { leadKey: idKeys(1) } });
  });

  test('answers children in the order of the WSDL', () => {
    const accepted = acceptedAs('getLead', { leadKey: { keyValue: '1', keyType: 'IDNUM' } });
    expect(JSON.stringify(accepted)).toBe('{"leadKey":{"keyType":"IDNUM","keyValue":"1"}}');
  });

  test('reports a hundred problems of ten thousand, and how many more there are', () => {
    const attribute = Array.from({ length: 10_000 }, () => ({ attrName: 'City' }));
    const problems = problemsOf('syncLead', withAttribute(attribute));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('params: and 9900 more problems');
  });

  test('keeps a path on one line whatever the name', () => {
    expect(problemsOf('listMObjects', { 'a\nb': 1 })).toEqual([
      'params."a\\nb": unknown name; nothing belongs here',
    ]);
  });

  test('never shows a value, which may be a lead’s', () => {
    const problems = problemsOf('syncLead', { leadRecord: 'ann@example.com', returnLead: 'ann@example.com' });
    expect(problems.join()).not.toContain('ann@');
  });
});

describe('what Marketo would ignore or refuse for its number', () => {
  const strings = (count: number) => ({ stringItem: Array.from({ length: count }, (_, at) => `${at}`) });
  const byKey = (count: number) => ({ leadSelector: { keyType: 'IDNUM', keyValues: strings(count) } });
  const cases: readonly [OperationName, number, (count: number) => unknown][] = [
    ['getMultipleLeads', 100, byKey],
    ['getLeadChanges', 100, (count) => ({ startPosition: {}, ...byKey(count) })],
    [
      'requestCampaign',
      100,
      (count) => ({ source: 'MKTOWS', campaignId: 1, leadList: { leadKey: idKeys(count) } }),
    ],
    [
      'listOperation',
      1_000,
      (count) => ({
        listOperation: 'ADDTOLIST',
        listKey: { keyType: 'MKTOLISTNAME', keyValue: 'l' },
        listMemberList: { leadKey: idKeys(count) },
      }),
    ],
    [
      'syncMultipleLeads',
      300,
      (count) => ({ leadRecordList: { leadRecord: Array.from({ length: count }, () => ann) } }),
    ],
    [
      'syncMObjects',
      100,
      (count) => ({
        operation: 'UPSERT',
        mObjectList: { mObject: Array.from({ length: count }, () => ({ type: 'Opportunity' })) },
      }),
    ],
    [
      'deleteMObjects',
      100,
      (count) => ({
        mObjectList: { mObject: Array.from({ length: count }, () => ({ type: 'Opportunity' })) },
      }),
    ],
    [
      'syncCustomObjects',
      100,
      (count) => ({
        objTypeName: 'car',
        customObjList: { customObj: Array.from({ length: count }, () => ({})) },
      }),
    ],
    ['getMultipleLeads', 1_000, (batchSize) => ({ ...byKey(1), batchSize })],
    ['getLeadChanges', 1_000, (batchSize) => ({ startPosition: {}, batchSize })],
    ['getLeadActivity', 100, (batchSize) => ({ leadKey: idKeys(1)[0], batchSize })],
    [
      'getCustomObjects',
      100,
      (batchSize) => ({ objTypeName: 'car', includeAttributes: strings(1), batchSize }),
    ],
  ];

  test.each(cases)('%s takes %i and not one more', (operation, most, make) => {
    expect(problemsOf(operation, make(most))).toEqual([]);
    expect(problemsOf(operation, make(most + 1))).toHaveLength(1);
    expect(problemsOf(operation, make(0))).not.toEqual([]);
  });

  test('says what to do about it', () => {
    expect(problemsOf('getMultipleLeads', byKey(101))).toEqual([
      'params.leadSelector.keyValues.stringItem: has 101 entries; Marketo takes 100 per call: split it',
    ]);
  });
});

describe('a lead record', () => {
  const unkeyed = [{}, { Email: ' ' }, { ForeignSysPersonId: ' ' }];

  test.each(unkeyed)('%j has no key', (record) => {
    expect(problemsOf('syncLead', sync(record))[0]).toMatch(/^params\.leadRecord: needs a key/);
    const many = { leadRecordList: { leadRecord: [ann, record] }, dedupEnabled: true };
    expect(problemsOf('syncMultipleLeads', many)[0]).toMatch(
      /^params\.leadRecordList\.leadRecord\[1\]: needs a key/,
    );
  });

  test.each(unkeyed)('%j may go without deduplication, which needs no key', (record) => {
    expect(
      problemsOf('syncMultipleLeads', { leadRecordList: { leadRecord: [record] }, dedupEnabled: false }),
    ).toEqual([]);
  });

  test.each([{ Id: 1 }, ann, { ForeignSysPersonId: '1', ForeignSysType: 'SFDC' }])('%j has one', (record) => {
    expect(problemsOf('syncLead', sync(record))).toEqual([]);
  });

  test.each([
    [{ ForeignSysPersonId: '1' }, 'ForeignSysPersonId without ForeignSysType'],
    [{ ForeignSysType: 'SFDC' }, 'ForeignSysType without ForeignSysPersonId'],
    [{ ForeignSysType: 'SFDC', ForeignSysPersonId: ' ' }, 'ForeignSysType without ForeignSysPersonId'],
  ])('%j alone is refused, whatever stands beside it', (foreign, words) => {
    for (const beside of [{}, ann, { Id: 7 }, { Id: 7, ...ann }]) {
      const record = { ...foreign, ...beside };
      expect(problemsOf('syncLead', sync(record, { marketoCookie: 'token' })).join()).toContain(
        `params.leadRecord: has ${words}`,
      );
      for (const dedupEnabled of [true, false]) {
        const many = { leadRecordList: { leadRecord: [ann, record] }, dedupEnabled };
        expect(problemsOf('syncMultipleLeads', many).join()).toContain(
          `params.leadRecordList.leadRecord[1]: has ${words}`,
        );
      }
    }
  });

  test('may be known by the cookie beside it', () => {
    expect(problemsOf('syncLead', sync({}, { marketoCookie: 'token' }))).toEqual([]);
  });

  test('is not blamed for lacking a key when the key is only misspelt', () => {
    expect(problemsOf('syncLead', sync({ emial: 'ann@example.com' }))).toHaveLength(1);
  });
});

describe('what Marketo documents as wrong', () => {
  const campaign = { source: 'MKTOWS', leadList: { leadKey: idKeys(1) } };
  const names = { programName: 'P', campaignName: 'C' };
  const token = (name: string) => ({ name, value: '1' });
  const tokens = (...given: readonly string[]) => ({ programTokenList: { attrib: given.map(token) } });
  const attributes = (...given: readonly string[]) => ({
    attribute: given.map((attrName) => ({ attrName, attrValue: 'x' })),
  });
  const object = (customObj: object) => ({ objTypeName: 'car', customObjList: { customObj: [customObj] } });

  test.each<[OperationName, object, string]>([
    ['requestCampaign', { ...campaign, campaignId: 1, ...names }, 'params: has campaignId and a name'],
    [
      'requestCampaign',
      { ...campaign, campaignId: 1, campaignName: 'C' },
      'params: has campaignId and a name',
    ],
    [
      'requestCampaign',
      { ...campaign, campaignId: 1, programName: 'P' },
      'params: has campaignId and a name',
    ],
    ['requestCampaign', { ...campaign, campaignId: 1, ...tokens('{{my.x}}') }, 'has programTokenList beside'],
    ['requestCampaign', { source: 'MKTOWS', campaignId: 1 }, 'needs leadList'],
    ['requestCampaign', { source: 'MKTOWS', ...names }, 'needs leadList'],
    ['requestCampaign', { ...campaign, ...names, campaignName: ' ' }, 'params.campaignName: is empty'],
    [
      'requestCampaign',
      { ...campaign, ...names, ...tokens('{{my.x}}', '{{my.x}} ') },
      'params.programTokenList: names {{my.x}} twice',
    ],
    ['scheduleCampaign', { ...names, ...tokens('a', 'b', 'a') }, 'params.programTokenList: names a twice'],
    ['scheduleCampaign', { ...names, programName: '' }, 'params.programName: is empty'],
    ['scheduleCampaign', { ...names, ...tokens('') }, 'params.programTokenList.attrib[0].name: is empty'],
    [
      'syncLead',
      sync({ ...ann, leadAttributeList: attributes('City', 'City') }),
      'params.leadRecord: names the attribute City twice',
    ],
    [
      'syncLead',
      sync({ ...ann, leadAttributeList: attributes(' ') }),
      'params.leadRecord.leadAttributeList.attribute[0].attrName: is empty',
    ],
    [
      'syncMultipleLeads',
      { leadRecordList: { leadRecord: [ann, { ...ann, leadAttributeList: attributes('A', 'B', 'A') }] } },
      'params.leadRecordList.leadRecord[1]: names the attribute A twice',
    ],
    [
      'syncCustomObjects',
      object({ customObjAttributeList: attributes('vin', 'vin') }),
      'params.customObjList.customObj[0]: names the attribute vin twice',
    ],
  ])('%s %j is refused', (operation, params, words) => {
    expect(problemsOf(operation, params).join()).toContain(words);
  });

  test.each<[OperationName, object]>([
    ['requestCampaign', { ...campaign, campaignId: 1 }],
    ['requestCampaign', { ...campaign, ...names, ...tokens('{{my.x}}', '{{my.y}}') }],
    ['scheduleCampaign', { ...names, ...tokens('{{my.x}}') }],
    ['syncLead', sync({ ...ann, leadAttributeList: attributes('City', 'Town') })],
    ['syncCustomObjects', object({ customObjAttributeList: attributes('vin', 'make') })],
  ])('%s %j is not', (operation, params) => {
    expect(problemsOf(operation, params)).toEqual([]);
  });
});

describe('the selector of leads', () => {
  const byList = { staticListName: 'Trade Show' };

  test.each([
    byList,
    { 'xsi:type': 'StaticListSelector', ...byList },
    { 'xsi:type': 'ns1:StaticListSelector', ...byList },
    { attributes: { 'xsi:type': 'tns:StaticListSelector' }, ...byList },
  ])('%j is answered without its type, which only SOAP wants', (leadSelector) => {
    expect(acceptedAs('getMultipleLeads', { leadSelector })).toEqual({ leadSelector: byList });
    expect(acceptedAs('getLeadChanges', { startPosition: {}, leadSelector })).toEqual({
      startPosition: {},
      leadSelector: byList,
    });
  });

  test.each([
    [
      { oldestUpdatedAt: '2026-01-01T00:00:00Z', latestUpdatedAt: '2026-01-02T00:00:00Z' },
      'tns:LastUpdateAtSelector',
    ],
    [{ keyValues: { stringItem: ['1'] }, keyType: 'IDNUM' }, 'tns:LeadKeySelector'],
    [{ staticListId: 7 }, 'tns:StaticListSelector'],
  ])('%j is known by its children', (leadSelector, type) => {
    expect(withTypeAttributes('getMultipleLeads', { leadSelector })).toMatchObject({
      leadSelector: { attributes: { 'xsi:type': type } },
    });
  });

  test('has its children in schema order, which node-soap does not see to', () => {
    const leadSelector = { oldestUpdatedAt: '2026-01-01T00:00:00Z', latestUpdatedAt: '2026-01-02T00:00:00Z' };
    expect(JSON.stringify(acceptedAs('getMultipleLeads', { leadSelector }))).toMatch(
      /latestUpdatedAt.*oldestUpdatedAt/,
    );
  });

  test.each([
    {},
    { 'xsi:type': 'ns1:NoSelector' },
    { 'xsi:type': 'ns1:LeadKeySelector', ...byList },
    { 'xsi:type': 'ns1:StaticListSelector' },
    { 'xsi:type': 7, ...byList },
    { attributes: { 'xsi:type': 'tns:StaticListSelector', 'xsi:nil': 'true' }, ...byList },
    { 'xsi:type': 'LeadKeySelector', attributes: { 'xsi:type': 'StaticListSelector' }, ...byList },
    { ...byList, keyType: 'IDNUM' },
    'StaticListSelector',
    [],
  ])('%j is refused', (leadSelector) => {
    expect(problemsOf('getMultipleLeads', { leadSelector })).not.toEqual([]);
  });
});

describe('isUnsafe', () => {
  const mObject = (object: object, operation: string) => ({
    mObjectList: {
      mObject: [
        { type: 'Opportunity', id: 1 },
        { type: 'Opportunity', ...object },
      ],
    },
    operation,
  });
  const customObj = (object: object, operation?: string) => ({
    objTypeName: 'car',
    customObjList: { customObj: [object] },
    ...(operation && { operation }),
  });
  const keyed = { customObjKeyList: { attribute: [{ attrName: 'vin', attrValue: '1' }] } };
  const leads = (dedup: object) => ({ leadRecordList: { leadRecord: [ann] }, ...dedup });
  const externalKey = { name: 'k', value: '1' };
  const keyList = { attribute: [{ attrName: 'IDNUM', attrValue: '1' }] };

  test.each<[OperationName, unknown]>([
    ['requestCampaign', { source: 'MKTOWS', campaignId: 1, leadList: { leadKey: idKeys(1) } }],
    ['scheduleCampaign', { programName: 'p', campaignName: 'c' }],
    ['mergeLeads', { winningLeadKeyList: keyList, losingLeadKeyLists: { keyList: [keyList] } }],
    ['syncMultipleLeads', leads({ dedupEnabled: false })],
    ['syncMultipleLeads', leads({})],
    ['syncMObjects', mObject({ externalKey }, 'INSERT')],
    ['syncMObjects', mObject({}, 'UPSERT')],
    ['syncMObjects', mObject({ externalKey: { name: 'k', value: '' } }, 'UPSERT')],
    ['syncCustomObjects', customObj(keyed, 'INSERT')],
    ['syncCustomObjects', customObj({}, 'UPSERT')],
    ['syncCustomObjects', customObj({ customObjKeyList: { attribute: [] } })],
    ['syncLead', sync({}, { marketoCookie: 'token' })],
  ])('%s of %j', (operation, params) => {
    expect(isUnsafe(checked(operation, params))).toBe(true);
  });

  test.each<[OperationName, unknown]>([
    ['syncMultipleLeads', leads({ dedupEnabled: true })],
    ['syncMObjects', mObject({ externalKey }, 'UPSERT')],
    ['syncMObjects', mObject({}, 'UPDATE')],
    ['syncCustomObjects', customObj(keyed, 'UPSERT')],
    ['syncCustomObjects', customObj(keyed)],
    ['syncCustomObjects', customObj({}, 'UPDATE')],
    ['syncLead', sync(ann, { marketoCookie: 'token' })],
    ['deleteMObjects', { mObjectList: { mObject: [{ type: 'Opportunity', id: 1 }] } }],
    ['getLead', { leadKey: idKeys(1)[0] }],
  ])('is false for %s of %j', (operation, params) => {
    expect(isUnsafe(checked(operation, params))).toBe(false);
  });
});

describe('isRead', () => {
  const members = (listOperation: string) => ({
    listOperation,
    listKey: { keyType: 'MKTOLISTNAME', keyValue: 'l' },
    listMemberList: { leadKey: idKeys(1) },
  });

  test('tells a question from a change of a list', () => {
    expect(isRead(checked('listOperation', members('ISMEMBEROFLIST')))).toBe(true);
    expect(isRead(checked('listOperation', members('ADDTOLIST')))).toBe(false);
  });

  test('holds for what only asks', () => {
    expect(isRead(checked('listMObjects', {}))).toBe(true);
    expect(isRead(checked('syncLead', sync(ann)))).toBe(false);
  });
});

describe('leadKeysOf', () => {
  test.each<[object, object, string, string]>([
    [{ Id: 7, ...ann }, {}, 'IDNUM', '7'],
    [{ ForeignSysType: 'SFDC', ForeignSysPersonId: '003', ...ann }, {}, 'SFDC', '003'],
    [{ Email: ' Ann@Example.com ' }, { marketoCookie: 'token' }, 'EMAIL', 'ann@example.com'],
    [{}, { marketoCookie: 'token' }, 'COOKIE', 'token'],
  ])('finds %j (%j) by the first key that is there', (record, rest, type, value) => {
    expect(leadKeysOf(checked('syncLead', sync(record, rest)))).toEqual([{ type, value }]);
  });

  test('gives one spelling to one lead, whichever operation names it', () => {
    const leadKey = [
      { keyType: 'EMAIL', keyValue: 'ANN@example.com ' },
      { keyType: 'IDNUM', keyValue: '007' },
    ];
    expect(
      leadKeysOf(checked('requestCampaign', { source: 'MKTOWS', campaignId: 1, leadList: { leadKey } })),
    ).toEqual([
      { type: 'EMAIL', value: 'ann@example.com' },
      { type: 'IDNUM', value: '7' },
    ]);
  });

  test('names the winner and the losers of a merge', () => {
    const list = (attrValue: string) => ({ attribute: [{ attrName: 'IDNUM', attrValue }] });
    const params = { winningLeadKeyList: list('1'), losingLeadKeyLists: { keyList: [list('2'), list('3')] } };
    expect(leadKeysOf(checked('mergeLeads', params)).map(({ value }) => value)).toEqual(['1', '2', '3']);
  });

  test('names the keys of a selector, and nobody for a list', () => {
    const leadSelector = { keyType: 'IDNUM', keyValues: { stringItem: ['1', '2'] } };
    expect(leadKeysOf(checked('getMultipleLeads', { leadSelector }))).toHaveLength(2);
    expect(leadKeysOf(checked('getMultipleLeads', { leadSelector: { staticListId: 1 } }))).toEqual([]);
  });
});

describe('ParamsOf', () => {
  test('lets a sender write what is valid and nothing else', () => {
    const written: ParamsOf<'syncLead'> = {
      leadRecord: {
        Email: 'ann@example.com',
        leadAttributeList: { attribute: [{ attrName: 'Score', attrValue: 7 }] },
      },
      returnLead: false,
    };
    // @ts-expect-error: the name is Email
    const misspelt: ParamsOf<'syncLead'> = { leadRecord: { email: 'ann@example.com' }, returnLead: false };
    // @ts-expect-error: the source is one of two
    const unknown: ParamsOf<'requestCampaign'> = { source: 'mktows', campaignId: 1 };
    const selected: ParamsOf<'getMultipleLeads'> = { leadSelector: { staticListName: 'Trade Show' } };
    expect(problemsOf('syncLead', written)).toEqual([]);
    expect(problemsOf('syncLead', misspelt)).not.toEqual([]);
    expect(problemsOf('requestCampaign', unknown)).not.toEqual([]);
    expect(problemsOf('getMultipleLeads', selected)).toEqual([]);
  });
});

describe('timeoutMs', () => {
  test('is above what Marketo may take, and leaves a run of 300 s time to settle', () => {
    for (const name of OPERATION_NAMES) expect(timeoutMs(name)).toBeGreaterThan(90_000);
    for (const name of OPERATION_NAMES) expect(timeoutMs(name)).toBeLessThan(270_000);
    expect(timeoutMs('mergeLeads')).toBeGreaterThan(180_000);
  });
});
