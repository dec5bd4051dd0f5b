import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import {
  attribute,
  call,
  codeOf,
  envelope,
  lead,
  leadKey,
  post,
  type Reply,
  textOf,
} from '../unit/simulator/caller.ts';

let simulator: Simulator;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-11-22T18:00:00Z');
  simulator = await startSimulator({
    clock: () => now,
    limits: { ratePerWindow: 100_000, dailyQuota: 100_000 },
  });
});
afterEach(() => simulator.close());

const ask = (operation: string, params: string) => call(simulator, operation, params, now);
const fault = async (operation: string, params: string) => codeOf(await ask(operation, params));
const allTexts = (reply: Reply, element: string) =>
  [...reply.body.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map((match) => match[1]);
const strings = (name: string, ...values: string[]) =>
  `<${name}>${values.map((value) => `<stringItem>${value}</stringItem>`).join('')}</${name}>`;

async function addLead(email: string, ...attributes: string[]): Promise<string> {
  return textOf(await ask('syncLead', lead(email, ...attributes)), 'leadId') ?? '';
}

describe('syncLead', () => {
  test('creates a lead, then updates the one with the same address in whatever case', async () => {
    const created = await ask('syncLead', lead('Ann@example.com', attribute('FirstName', 'Ann')));
    const updated = await ask('syncLead', lead('ann@EXAMPLE.com', attribute('LastName', 'Lee')));
    expect([created, updated].map((reply) => textOf(reply, 'status'))).toEqual(['CREATED', 'UPDATED']);
    expect(textOf(updated, 'leadId')).toBe(textOf(created, 'leadId'));
    expect(allTexts(updated, 'attrValue')).toEqual(['Ann', 'Lee']);
  });

  test('dedupes by Id before the foreign key, and by that before Email', async () => {
    const [byEmail, byForeign] = [await addLead('a@x'), await ask('syncLead', foreign('7', 'b@x'))];
    const again = await ask('syncLead', foreign('7', 'a@x'));
    expect(textOf(again, 'leadId')).toBe(textOf(byForeign, 'leadId'));
    const byId = `<leadRecord><Id>${byEmail}</Id><ForeignSysPersonId>7</ForeignSysPersonId><ForeignSysType>SFDC</ForeignSysType></leadRecord><returnLead>false</returnLead>`;
    expect(textOf(await ask('syncLead', byId), 'leadId')).toBe(byEmail);
  });

  const foreign = (id: string, email: string) =>
    `<leadRecord><Email>${email}</Email><ForeignSysPersonId>${id}</ForeignSysPersonId><ForeignSysType>SFDC</ForeignSysType></leadRecord><returnLead>false</returnLead>`;

  test.each([
    ['a foreign id without its type', 20109, '<Email>a@x</Email><ForeignSysPersonId>7</ForeignSysPersonId>'],
    ['a type without its foreign id', 20109, '<Email>a@x</Email><ForeignSysType>SFDC</ForeignSysType>'],
    ['an attribute without a name', 20109, `<Email>a@x</Email>${list(attribute('', 'x'))}`],
    [
      'an attribute that is given twice',
      20110,
      `<Email>a@x</Email>${list(attribute('City', 'a') + attribute('City', 'b'))}`,
    ],
  ])('refuses %s', async (_, code, record) => {
    const params = `<leadRecord>${record}</leadRecord><returnLead>false</returnLead>`;
    expect(await fault('syncLead', params)).toBe(code);
  });

  function list(attributes: string): string {
    return `<leadAttributeList>${attributes}</leadAttributeList>`;
  }

  test('finds a lead by cookie when there is no other key', async () => {
    const params =
      '<leadRecord></leadRecord><returnLead>false</returnLead><marketoCookie>id:1</marketoCookie>';
    const [first, second] = [await ask('syncLead', params), await ask('syncLead', params)];
    expect([textOf(first, 'status'), textOf(second, 'status')]).toEqual(['CREATED', 'UPDATED']);
  });

  test('takes the children in any order', async () => {
    const params =
      '<returnLead>false</returnLead><leadRecord><leadAttributeList/><Email>a@x</Email></leadRecord>';
    expect(textOf(await ask('syncLead', params), 'status')).toBe('CREATED');
  });

  test('ignores a key in the wrong case without a word, and so makes a duplicate', async () => {
    const id = await addLead('a@x');
    const wrong = `<leadRecord><id>${id}</id><Email>new@x</Email></leadRecord><returnLead>false</returnLead>`;
    expect(textOf(await ask('syncLead', wrong), 'status')).toBe('CREATED');
    expect(textOf(await ask('syncLead', wrong.replaceAll('id>', 'Id>')), 'status')).toBe('UPDATED');
  });

  test('hands back every character of a value', async () => {
    const escaped = ' &lt;b&gt; &amp;amp; ]]&gt; &quot;q&quot; &apos;s&apos; 😀 ';
    await ask('syncLead', lead('a@x', attribute('Comments', escaped)));
    expect(textOf(await ask('getLead', leadKey('EMAIL', 'a@x')), 'attrValue')).toBe(escaped);
  });

  test('faults in the words of the capture for an unknown field, and changes nothing', async () => {
    const reply = await ask(
      'syncLead',
      lead('a@x', attribute('FirstName', 'Ann'), attribute('pants', 'blue')),
    );
    expect(reply.status).toBe(500);
    expect(textOf(reply, 'faultstring')).toBe('20105 - Unknown lead field');
    expect(textOf(reply, 'message')).toBe(
      'syncLead operation failed: unknown fields for import: pants (20105)',
    );
    expect(await fault('getLead', leadKey('EMAIL', 'a@x'))).toBe(20103);
  });

  test.each([
    ['no record', '<returnLead>false</returnLead>', 20104],
    ['a record without a key', '<leadRecord/><returnLead>false</returnLead>', 20101],
    ['an Id that does not exist', '<leadRecord><Id>5</Id></leadRecord><returnLead>false</returnLead>', 20103],
    [
      'an Id that is no number',
      '<leadRecord><Id>five</Id></leadRecord><returnLead>false</returnLead>',
      20110,
    ],
    ['no returnLead', '<leadRecord><Email>a@x</Email></leadRecord>', 20017],
    ['an empty returnLead', '<leadRecord><Email>a@x</Email></leadRecord><returnLead/>', 20109],
  ])('faults for %s', async (_, params, code) => {
    expect(await fault('syncLead', params)).toBe(code);
  });

  test.each([
    ['Europe', null],
    ['Mars', 20110],
  ])('looks at the workspace: %s', async (workspace, code) => {
    const context = `<ns1:MktowsContextHeader><targetWorkspace>${workspace}</targetWorkspace></ns1:MktowsContextHeader>`;
    const body = envelope('syncLead', lead('a@x'), { at: now, context });
    expect(codeOf(await post(simulator.soapUrl, body))).toBe(code);
  });
});

describe('getLead', () => {
  test('faults for a bad key type, an empty key and a lead that is not there', async () => {
    expect(await fault('getLead', leadKey('SHOESIZE', '43'))).toBe(20102);
    expect(await fault('getLead', leadKey('EMAIL', ''))).toBe(20101);
    const missing = await ask('getLead', leadKey('EMAIL', 'pants@example.com'));
    expect(textOf(missing, 'message')).toBe('No lead found with EMAIL = pants@example.com (20103)');
  });

  test('finds a lead by its number and by an attribute of its owner', async () => {
    const id = await addLead('a@x', attribute('LeadOwnerEmail', 'owner@x'));
    expect(textOf(await ask('getLead', leadKey('IDNUM', id)), 'count')).toBe('1');
    expect(textOf(await ask('getLead', leadKey('LEADOWNEREMAIL', 'owner@x')), 'Id')).toBe(id);
  });
});

describe('getMultipleLeads', () => {
  const selector = (type: string, content: string, rest = '') =>
    `<leadSelector xsi:type="ns1:${type}">${content}</leadSelector>${rest}`;
  const byKeys = (...values: string[]) =>
    selector('LeadKeySelector', `<keyType>EMAIL</keyType>${strings('keyValues', ...values)}`);

  test('selects by keys, with the attributes asked for', async () => {
    await addLead('a@x', attribute('FirstName', 'Ann'), attribute('LastName', 'Lee'));
    await addLead('b@x');
    const reply = await ask(
      'getMultipleLeads',
      byKeys('b@x', 'a@x', 'none@x') + strings('includeAttributes', 'LastName'),
    );
    expect(allTexts(reply, 'Email')).toEqual(['b@x', 'a@x']);
    expect(allTexts(reply, 'attrName')).toEqual(['LastName']);
  });

  test('ignores keys past the hundredth without a word', async () => {
    await addLead('last@x');
    const padding = Array.from({ length: 100 }, (_, index) => `nobody${index}@x`);
    expect(textOf(await ask('getMultipleLeads', byKeys(...padding.slice(1), 'last@x')), 'returnCount')).toBe(
      '1',
    );
    expect(textOf(await ask('getMultipleLeads', byKeys(...padding, 'last@x')), 'returnCount')).toBe('0');
  });

  test('selects by list', async () => {
    const id = await addLead('a@x');
    await ask('listOperation', listOperation('ADDTOLIST', [id]));
    const reply = await ask(
      'getMultipleLeads',
      selector('StaticListSelector', '<staticListName>Demo List</staticListName>'),
    );
    expect(allTexts(reply, 'Email')).toEqual(['a@x']);
    const unknown = selector('StaticListSelector', '<staticListName>No List</staticListName>');
    expect(await fault('getMultipleLeads', unknown)).toBe(20111);
  });

  test('selects by time of update, at most 30 days', async () => {
    await addLead('a@x');
    const range = (latest: string) =>
      selector(
        'LastUpdateAtSelector',
        `<latestUpdatedAt>${latest}</latestUpdatedAt><oldestUpdatedAt>2026-11-01T00:00:00Z</oldestUpdatedAt>`,
      );
    expect(textOf(await ask('getMultipleLeads', range('2026-12-01T00:00:00Z')), 'returnCount')).toBe('1');
    expect(await fault('getMultipleLeads', range('2026-12-01T00:00:01Z'))).toBe(20022);
  });

  test('faults for a selector without a type', async () => {
    expect(await fault('getMultipleLeads', '<leadSelector><keyType>EMAIL</keyType></leadSelector>')).toBe(
      20110,
    );
  });

  test('pages by stream position to the end', async () => {
    for (const name of ['a', 'b', 'c']) await addLead(`${name}@x`);
    const next = (position: string) =>
      `${byKeys('a@x', 'b@x', 'c@x')}<batchSize>2</batchSize><streamPosition>${position}</streamPosition>`;
    const first = await ask('getMultipleLeads', next(''));
    expect([textOf(first, 'returnCount'), textOf(first, 'remainingCount')]).toEqual(['2', '1']);
    const second = await ask('getMultipleLeads', next(textOf(first, 'newStreamPosition') ?? ''));
    expect(allTexts(second, 'Email')).toEqual(['c@x']);
    expect(await fault('getMultipleLeads', next(textOf(second, 'newStreamPosition') ?? ''))).toBe(20123);
    expect(await fault('getMultipleLeads', next('rubbish'))).toBe(20122);
  });
});

describe('syncMultipleLeads', () => {
  const records = (...bodies: string[]) =>
    `<leadRecordList>${bodies.map((body) => `<leadRecord>${body}</leadRecord>`).join('')}</leadRecordList>`;

  test('fails a bad record alone', async () => {
    const bad = `<Email>b@x</Email><leadAttributeList>${attribute('pants', '1')}</leadAttributeList>`;
    const reply = await ask('syncMultipleLeads', records('<Email>a@x</Email>', bad, '<Email>a@x</Email>'));
    expect(allTexts(reply, 'status')).toEqual(['CREATED', 'FAILED', 'UPDATED']);
    expect(textOf(reply, 'error')).toContain('pants');
  });

  test('makes duplicates without dedup', async () => {
    const params = `${records('<Email>a@x</Email>', '<Email>a@x</Email>')}<dedupEnabled>false</dedupEnabled>`;
    expect(allTexts(await ask('syncMultipleLeads', params), 'status')).toEqual(['CREATED', 'CREATED']);
    expect(textOf(await ask('getLead', leadKey('EMAIL', 'a@x')), 'count')).toBe('2');
  });

  test('faults for no record', async () => {
    expect(await fault('syncMultipleLeads', '<leadRecordList/>')).toBe(20104);
  });
});

describe('mergeLeads', () => {
  const merge = (winner: string, ...losers: string[]) =>
    `<winningLeadKeyList>${attribute('IDNUM', winner)}</winningLeadKeyList><losingLeadKeyLists>${losers
      .map((loser) => `<keyList>${attribute('IDNUM', loser)}</keyList>`)
      .join('')}</losingLeadKeyLists>`;

  test('folds the losers into the winner, once', async () => {
    const [winner, loser] = [await addLead('a@x'), await addLead('b@x', attribute('City', 'Oslo'))];
    expect(textOf(await ask('mergeLeads', merge(winner, loser)), 'status')).toBe('MERGED');
    expect(allTexts(await ask('getLead', leadKey('IDNUM', winner)), 'attrValue')).toEqual(['Oslo']);
    expect(await fault('getLead', leadKey('EMAIL', 'b@x'))).toBe(20103);
    const again = await ask('mergeLeads', merge(winner, loser));
    expect([again.status, textOf(again, 'status'), textOf(again, 'error')]).toEqual([
      200,
      'FAILED',
      'Losing lead not found',
    ]);
  });

  test('faults for a winner that is not there', async () => {
    expect(await fault('mergeLeads', merge('5', await addLead('a@x')))).toBe(20103);
  });
});

function listOperation(kind: string, ids: string[], strict = false, list = 'Demo List'): string {
  const members = ids.map((id) => leadKey('IDNUM', id)).join('');
  return (
    `<listOperation>${kind}</listOperation><listKey><keyType>MKTOLISTNAME</keyType><keyValue>${list}</keyValue></listKey>` +
    `<listMemberList>${members}</listMemberList><strict>${strict}</strict>`
  );
}

describe('listOperation', () => {
  test('adds, asks and removes', async () => {
    const id = await addLead('a@x');
    const successOf = async (kind: string) =>
      textOf(await ask('listOperation', listOperation(kind, [id])), 'success');
    expect(await successOf('ISMEMBEROFLIST')).toBe('false');
    expect(await successOf('ADDTOLIST')).toBe('true');
    expect(await successOf('ADDTOLIST')).toBe('true');
    expect(await successOf('ISMEMBEROFLIST')).toBe('true');
    expect(await successOf('REMOVEFROMLIST')).toBe('true');
    expect(await successOf('REMOVEFROMLIST')).toBe('false');
  });

  test('does what it can when it is not strict, and says per lead what it could not', async () => {
    const id = await addLead('a@x');
    const reply = await ask('listOperation', listOperation('ADDTOLIST', [id, '5']));
    expect([reply.status, textOf(reply, 'success')]).toEqual([200, 'false']);
    expect(allTexts(reply, 'status')).toEqual(['true', 'false']);
    expect(textOf(await ask('listOperation', listOperation('ISMEMBEROFLIST', [id])), 'success')).toBe('true');
  });

  test('does nothing when it is strict and one lead is not there', async () => {
    const id = await addLead('a@x');
    expect(await fault('listOperation', listOperation('ADDTOLIST', [id, '5'], true))).toBe(20103);
    expect(textOf(await ask('listOperation', listOperation('ISMEMBEROFLIST', [id])), 'success')).toBe(
      'false',
    );
  });

  test('finds a list inside a program by Program.List, and not by its bare name', async () => {
    const id = await addLead('a@x');
    const into = (list: string) => listOperation('ADDTOLIST', [id], false, list);
    expect(textOf(await ask('listOperation', into('Webinar.Attendees')), 'success')).toBe('true');
    expect(await fault('listOperation', into('Attendees'))).toBe(20111);
  });

  test('faults for an unknown list, operation, and too many leads', async () => {
    expect(await fault('listOperation', listOperation('ADDTOLIST', ['5'], false, 'No List'))).toBe(20111);
    expect(await fault('listOperation', listOperation('EATLIST', ['5']))).toBe(20110);
    const many = Array.from({ length: 1001 }, (_, index) => String(index));
    expect(await fault('listOperation', listOperation('ADDTOLIST', many))).toBe(20110);
    expect(await fault('listOperation', listOperation('ADDTOLIST', many.slice(1)))).toBeNull();
  });
});

describe('importToList', () => {
  const params = (rows: string[], rest = '<clearList>false</clearList>', header = 'Email,FirstName') =>
    `<programName>Demo Program</programName><importFileHeader>${header}</importFileHeader>${strings('importFileRows', ...rows)}` +
    `<importListMode>UPSERTLEADS</importListMode><listName>Imported</listName>${rest}`;
  const status = '<programName>Demo Program</programName><listName>Imported</listName>';

  test('imports rows into a list, for a campaign that it does not run', async () => {
    const campaign = '<clearList>true</clearList><campaignName>Welcome</campaignName>';
    expect(
      textOf(await ask('importToList', params(['a@x,Ann', 'b@x,Bob', ',nobody'], campaign)), 'importStatus'),
    ).toBe('PROCESSING');
    const reply = await ask('getImportToListStatus', status);
    expect([textOf(reply, 'status'), textOf(reply, 'rowsImported'), textOf(reply, 'rowsFailed')]).toEqual([
      'COMPLETE',
      '2',
      '1',
    ]);
    expect(simulator.instance().sends).toEqual([]);
    const strange = campaign.replace('Welcome', 'Farewell');
    expect(await fault('importToList', params(['a@x,Ann'], strange))).toBe(20113);
  });

  test('clears the list only when told', async () => {
    const members = () =>
      [...simulator.instance().lists.values()].find(({ name }) => name === 'Imported')?.members.size;
    await ask('importToList', params(['a@x,Ann']));
    await ask('importToList', params(['b@x,Bob']));
    expect(members()).toBe(2);
    await ask('importToList', params(['b@x,Bob'], '<clearList>true</clearList>'));
    expect(members()).toBe(1);
  });

  test('faults for an unknown program, no rows, and a status of nothing', async () => {
    expect(await fault('importToList', params(['a@x,Ann']).replace('Demo Program', 'No Program'))).toBe(
      20110,
    );
    expect(await fault('importToList', params([]))).toBe(20109);
    expect(await fault('getImportToListStatus', status)).toBe(20111);
  });
});

describe('campaigns', () => {
  const request = (leads: string, campaign = '<campaignId>1001</campaignId>') =>
    `<source>MKTOWS</source>${campaign}<leadList>${leads}</leadList>`;

  test('requestCampaign sends each time it is asked', async () => {
    await addLead('a@x');
    await ask('requestCampaign', request(leadKey('EMAIL', 'A@x')));
    const named = '<programName>Webinar</programName><campaignName>Reminder</campaignName>';
    expect(textOf(await ask('requestCampaign', request(leadKey('EMAIL', 'a@x'), named)), 'success')).toBe(
      'true',
    );
    const sends = simulator.witness().campaignSends['EMAIL:a@x'];
    expect(sends?.map(({ campaignId }) => campaignId)).toEqual([1001, 1004]);
  });

  test('requestCampaign ignores leads past the hundredth without a word', async () => {
    const id = await addLead('a@x');
    await ask('requestCampaign', request(leadKey('IDNUM', id).repeat(101)));
    expect(simulator.instance().sends).toHaveLength(100);
  });

  test('requestCampaign sends to nobody when one lead is not there', async () => {
    const id = await addLead('a@x');
    expect(await fault('requestCampaign', request(leadKey('IDNUM', id) + leadKey('IDNUM', '5')))).toBe(20103);
    expect(simulator.instance().sends).toEqual([]);
  });

  test.each([
    ['an unknown campaign', request(leadKey('IDNUM', '5'), '<campaignId>7</campaignId>'), 20113],
    ['an unknown source', request('').replace('MKTOWS', 'RADIO'), 20110],
    ['no campaign', request(leadKey('IDNUM', '5'), ''), 20017],
    ['no lead', request(''), 20101],
    [
      'a number and a name of a campaign',
      request(leadKey('IDNUM', '5'), '<campaignId>1001</campaignId><campaignName>Reminder</campaignName>'),
      20110,
    ],
    [
      'tokens beside a number',
      request(leadKey('IDNUM', '5'), '<campaignId>1001</campaignId><programTokenList/>'),
      20110,
    ],
  ])('requestCampaign faults for %s', async (_, params, code) => {
    expect(await fault('requestCampaign', params)).toBe(code);
  });

  test('getCampaignsForSource finds by part of a name, or by all of it', async () => {
    const named = async (rest: string) =>
      allTexts(await ask('getCampaignsForSource', `<source>MKTOWS</source>${rest}`), 'id');
    expect(await named('')).toEqual(['1001', '1002', '1003']);
    expect(await named('<name>Follow</name>')).toEqual(['1002']);
    expect(await named('<name>Follow</name><exactName>true</exactName>')).toEqual([]);
    const whole = await ask('getCampaignsForSource', '<source>MKTOWS</source><name>Follow Up</name>');
    expect(textOf(whole, 'name')).toBe('Demo Program.Follow Up');
  });

  test('scheduleCampaign books a run each time, and clones ten programs a day', async () => {
    const schedule = (rest: string) =>
      `<programName>Demo Program</programName>${rest}<campaignName>Welcome</campaignName><campaignRunAt>2026-12-01T00:00:00Z</campaignRunAt>`;
    await ask('scheduleCampaign', schedule(''));
    for (let copy = 1; copy <= 10; copy += 1) {
      const cloning = schedule(`<cloneToProgramName>Copy ${copy}</cloneToProgramName>`);
      expect(textOf(await ask('scheduleCampaign', cloning), 'success')).toBe('true');
    }
    expect(
      await fault('scheduleCampaign', schedule('<cloneToProgramName>Copy 11</cloneToProgramName>')),
    ).toBe(20110);
    expect(await fault('scheduleCampaign', schedule('').replace('Welcome', 'Farewell'))).toBe(20113);
    expect(simulator.instance().scheduledRuns).toHaveLength(11);
  });
});

describe('activities', () => {
  const start = '<startPosition><oldestCreatedAt>2026-11-01T00:00:00Z</oldestCreatedAt></startPosition>';

  test('getLeadActivity tells what happened to a lead, by type', async () => {
    const id = await addLead('a@x', attribute('City', 'Oslo'));
    await ask('listOperation', listOperation('ADDTOLIST', [id]));
    const all = await ask('getLeadActivity', leadKey('IDNUM', id));
    expect(all.body).toContain('<leadActivityList>');
    expect(allTexts(all, 'activityType')).toEqual(['New Lead', 'Change Data Value', 'Add To List']);
    const filter = (kind: string) =>
      `<activityFilter><${kind}><activityType>AddToList</activityType></${kind}></activityFilter>`;
    const types = async (kind: string) =>
      allTexts(await ask('getLeadActivity', leadKey('IDNUM', id) + filter(kind)), 'activityType');
    expect(await types('includeTypes')).toEqual(['Add To List']);
    expect(await types('excludeTypes')).toEqual(['New Lead', 'Change Data Value']);
  });

  test('getLeadActivity faults for an unknown lead and an unknown type', async () => {
    expect(await fault('getLeadActivity', leadKey('IDNUM', '5'))).toBe(20103);
    const filter =
      '<activityFilter><includeTypes><activityType>Sneeze</activityType></includeTypes></activityFilter>';
    expect(await fault('getLeadActivity', leadKey('IDNUM', await addLead('a@x')) + filter)).toBe(20107);
  });

  test('getLeadChanges pages through the stream, and goes on when something happens', async () => {
    await addLead('a@x', attribute('City', 'Oslo'));
    await addLead('b@x');
    const first = await ask('getLeadChanges', `${start}<batchSize>2</batchSize>`);
    expect([textOf(first, 'returnCount'), textOf(first, 'remainingCount')]).toEqual(['2', '1']);
    const position = (reply: Reply) =>
      /<newStartPosition>(.*)<\/newStartPosition>/.exec(reply.body)?.[1] ?? '';
    const next = (reply: Reply) => `<startPosition>${position(reply)}</startPosition>`;
    const second = await ask('getLeadChanges', next(first));
    expect(allTexts(second, 'activityType')).toEqual(['New Lead']);
    expect(await fault('getLeadChanges', next(second))).toBe(20123);
    await addLead('c@x');
    expect(allTexts(await ask('getLeadChanges', next(second)), 'activityType')).toEqual(['New Lead']);
  });

  test('getLeadChanges filters by name and by lead', async () => {
    await addLead('a@x', attribute('City', 'Oslo'));
    await addLead('b@x');
    const named = start + strings('activityNameFilter', 'Change Data Value');
    expect(textOf(await ask('getLeadChanges', named), 'returnCount')).toBe('1');
    const selector = (...values: string[]) =>
      `<leadSelector xsi:type="ns1:LeadKeySelector"><keyType>EMAIL</keyType>${strings('keyValues', ...values)}</leadSelector>`;
    expect(textOf(await ask('getLeadChanges', start + selector('b@x')), 'returnCount')).toBe('1');
    const many = Array.from({ length: 101 }, (_, index) => `n${index}@x`);
    expect(await fault('getLeadChanges', start + selector(...many))).toBe(20110);
  });

  test('getLeadChanges faults without a start and with a broken one', async () => {
    expect(await fault('getLeadChanges', '')).toBe(20017);
    expect(await fault('getLeadChanges', '<startPosition><offset>rubbish</offset></startPosition>')).toBe(
      20122,
    );
  });
});

describe('M-objects', () => {
  const opportunity = (content: string) => `<mObject><type>Opportunity</type>${content}</mObject>`;
  const sync = (mode: string, ...objects: string[]) =>
    `<mObjectList>${objects.join('')}</mObjectList><operation>${mode}</operation>`;
  const named = (name: string) =>
    `<attribList><attrib><name>Name</name><value>${name}</value></attrib></attribList>`;
  const key = (value: string) => `<externalKey><name>ExtId</name><value>${value}</value></externalKey>`;

  test('are listed and described', async () => {
    expect(allTexts(await ask('listMObjects', ''), 'objects')).toEqual([
      ...['ActivityRecord', 'LeadRecord', 'Opportunity', 'OpportunityPersonRole'],
    ]);
    const described = await ask('describeMObject', '<objectName>LeadRecord</objectName>');
    expect(allTexts(described, 'name')).toContain('FirstName');
    const unknown = await ask('describeMObject', '<objectName>Teapot</objectName>');
    expect([codeOf(unknown), textOf(unknown, 'faultstring')]).toEqual([20110, '20110 - Input error']);
    expect(textOf(unknown, 'message')).toBe('Object name is not valid (20110)');
  });

  test('are upserted by external key, and doubled by INSERT', async () => {
    const statusOf = async (mode: string) =>
      textOf(await ask('syncMObjects', sync(mode, opportunity(key('1') + named('Deal')))), 'status');
    expect([await statusOf('UPSERT'), await statusOf('UPSERT'), await statusOf('INSERT')]).toEqual([
      ...['CREATED', 'UPDATED', 'CREATED'],
    ]);
    const found = await ask(
      'getMObjects',
      `<type>Opportunity</type>${key('1')}<includeDetails>true</includeDetails>`,
    );
    expect([textOf(found, 'returnCount'), textOf(found, 'hasMore')]).toEqual(['2', 'false']);
  });

  test('fail alone: an unknown attribute, a new program; an update of nothing is skipped', async () => {
    const unknown = opportunity(
      '<attribList><attrib><name>Smell</name><value>1</value></attrib></attribList>',
    );
    const program = `<mObject><type>Program</type>${named('New')}</mObject>`;
    const reply = await ask('syncMObjects', sync('UPSERT', opportunity(named('A')), unknown, program));
    expect(allTexts(reply, 'status')).toEqual(['CREATED', 'FAILED', 'FAILED']);
    expect(textOf(reply, 'error')).toBe('Unknown name attribute list: Smell');
    expect(textOf(await ask('syncMObjects', sync('UPDATE', opportunity('<id>5</id>'))), 'status')).toBe(
      'SKIPPED',
    );
    const update = `<mObject><type>Program</type><id>2001</id>${named('Renamed')}</mObject>`;
    expect(textOf(await ask('syncMObjects', sync('UPDATE', update)), 'status')).toBe('UPDATED');
  });

  test('are found by criteria and by the lead they hang on', async () => {
    const id = await addLead('a@x');
    const link = `<mObjAssociation><mObjType>Lead</mObjType><id>${id}</id></mObjAssociation>`;
    const role = `<mObject><type>OpportunityPersonRole</type><associationList>${link}</associationList></mObject>`;
    await ask('syncMObjects', sync('INSERT', role, opportunity(named('A')), opportunity(named('B'))));
    const roles = `<type>OpportunityPersonRole</type><mObjAssociationList>${link}</mObjAssociationList>`;
    expect(textOf(await ask('getMObjects', roles), 'returnCount')).toBe('1');
    const criteria = (comparison: string) =>
      `<type>Opportunity</type><mObjCriteriaList><mObjCriteria><attrName>Name</attrName><comparison>${comparison}</comparison><attrValue>A</attrValue></mObjCriteria></mObjCriteriaList>`;
    expect(textOf(await ask('getMObjects', criteria('NE')), 'returnCount')).toBe('1');
    expect(textOf(await ask('getMObjects', criteria('GE')), 'returnCount')).toBe('2');
    expect(await fault('getMObjects', criteria('LIKE'))).toBe(20110);
  });

  test('page a hundred at a time', async () => {
    const hundred = Array.from({ length: 100 }, () => opportunity(named('X')));
    await ask('syncMObjects', sync('INSERT', ...hundred));
    await ask('syncMObjects', sync('INSERT', opportunity(named('X'))));
    const first = await ask('getMObjects', '<type>Opportunity</type>');
    expect([textOf(first, 'returnCount'), textOf(first, 'hasMore')]).toEqual(['100', 'true']);
    const position = textOf(first, 'newStreamPosition');
    const next = `<type>Opportunity</type><streamPosition>${position}</streamPosition>`;
    expect(textOf(await ask('getMObjects', next), 'returnCount')).toBe('1');
    expect(await fault('syncMObjects', sync('INSERT', ...hundred, opportunity('')))).toBe(20110);
  });

  test('are deleted once', async () => {
    const id = textOf(await ask('syncMObjects', sync('INSERT', opportunity(''))), 'id');
    const params = `<mObjectList>${opportunity(`<id>${id}</id>`)}</mObjectList>`;
    const statusOf = async () => textOf(await ask('deleteMObjects', params), 'status');
    expect([await statusOf(), await statusOf()]).toEqual(['DELETED', 'UNCHANGED']);
    expect(
      await fault(
        'deleteMObjects',
        '<mObjectList><mObject><type>Program</type><id>2001</id></mObject></mObjectList>',
      ),
    ).toBe(20110);
  });

  test('of an unknown type are a fault', async () => {
    expect(await fault('getMObjects', '<type>Teapot</type>')).toBe(20110);
    expect(await fault('syncMObjects', sync('INSERT', '<mObject><type>Teapot</type></mObject>'))).toBe(20110);
    expect(await fault('syncMObjects', sync('EAT', opportunity('')))).toBe(20110);
  });
});

describe('custom objects', () => {
  const car = (vin: string, ...attributes: string[]) =>
    `<customObj><customObjKeyList>${attribute('vin', vin)}</customObjKeyList><customObjAttributeList>${attributes.join('')}</customObjAttributeList></customObj>`;
  const sync = (objects: string, rest = '', type = 'car_c') =>
    `<objTypeName>${type}</objTypeName><customObjList>${objects}</customObjList>${rest}`;
  const get = (rest: string) => `<objTypeName>car_c</objTypeName>${rest}<includeAttributes/>`;

  test('are upserted and read by key', async () => {
    const statuses = async (params: string) => allTexts(await ask('syncCustomObjects', params), 'status');
    expect(await statuses(sync(car('1', attribute('make', 'Saab')) + car('2')))).toEqual([
      'CREATED',
      'CREATED',
    ]);
    expect(await statuses(sync(car('1', attribute('color', 'red'))))).toEqual(['UPDATED']);
    const reply = await ask(
      'getCustomObjects',
      get(`<customObjKeyList>${attribute('vin', '1')}</customObjKeyList>`),
    );
    expect(allTexts(reply, 'attrValue')).toEqual(['1', 'Saab', 'red']);
    expect(textOf(await ask('getCustomObjects', get('')), 'returnCount')).toBe('2');
  });

  test('fail alone, in the words of the capture', async () => {
    const reply = await ask('syncCustomObjects', sync(car('1', attribute('nameasdf', 'x')) + car('')));
    expect([reply.status, ...allTexts(reply, 'status')]).toEqual([200, 'FAILED', 'FAILED']);
    expect(textOf(reply, 'error')).toBe('Unknown name attribute list: nameasdf');
  });

  test('keep to INSERT and UPDATE', async () => {
    const statusOf = async (mode: string) =>
      textOf(await ask('syncCustomObjects', sync(car('1'), `<operation>${mode}</operation>`)), 'status');
    expect([
      await statusOf('UPDATE'),
      await statusOf('INSERT'),
      await statusOf('INSERT'),
      await statusOf('UPDATE'),
    ]).toEqual(['SKIPPED', 'CREATED', 'SKIPPED', 'UPDATED']);
  });

  test('are deleted once', async () => {
    await ask('syncCustomObjects', sync(car('1')));
    const params = `<objTypeName>car_c</objTypeName><customObjKeyLists><keyList>${attribute('vin', '1')}</keyList></customObjKeyLists>`;
    const reply = await ask('deleteCustomObjects', params);
    expect(reply.body).toContain('<deleteCustomObjStatusList>');
    expect(textOf(reply, 'status')).toBe('DELETED');
    expect(textOf(await ask('deleteCustomObjects', params), 'status')).toBe('UNCHANGED');
  });

  test('of an unknown type, too many, or without includeAttributes are a fault', async () => {
    expect(await fault('syncCustomObjects', sync(car('1'), '', 'boat_c'))).toBe(20110);
    expect(await fault('syncCustomObjects', sync(car('1').repeat(101)))).toBe(20110);
    expect(await fault('getCustomObjects', '<objTypeName>car_c</objTypeName>')).toBe(20017);
  });
});

test('getChannels and getTags tell what the instance has', async () => {
  expect(allTexts(await ask('getChannels', ''), 'tagValue')).toEqual(['Email Blast', 'Webinar']);
  const one = `<tag><type>Channel</type>${strings('values', 'Webinar')}</tag>`;
  expect(allTexts(await ask('getChannels', one), 'tagValue')).toEqual(['Webinar']);
  expect(allTexts(await ask('getTags', ''), 'type')).toEqual(['Channel', 'Region']);
  expect(allTexts(await ask('getTags', '<tagList><tag><type>Region</type></tag></tagList>'), 'type')).toEqual(
    ['Region'],
  );
});
