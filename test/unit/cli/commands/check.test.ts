import { describe, expect, test } from 'vitest';
import type { Cli } from '../../../../cli/cli.ts';
import type { Connection } from '../../../../cli/connection.ts';
import { Failure, UsageError } from '../../../../cli/exit.ts';
import { HOUR_MS } from '../../../../shared/kernel/clock.ts';
import { createDirectory } from '../../../../shared/marketo/rest/directory/create-directory.ts';
import type { DirectoryStore } from '../../../../shared/marketo/rest/directory/directory-store.ts';
import { standardFields } from '../../../../shared/marketo/rest/leads/standard-lead-fields.ts';
import { askingOf, marketoError, memoryStore } from '../../../support/asking.ts';
import { command } from '../../../support/command.ts';
import { operateWorld } from '../../../support/operate.ts';

const NOON = Date.parse('2026-11-26T12:00:00Z');

interface Given {
  readonly store?: DirectoryStore;
  readonly stack?: Partial<Connection['stack']>;
  readonly env?: Cli['env'];
  /** No stack runs here, and none of that name is deployed. */
  readonly alone?: boolean;
  readonly stackName?: string;
}

/** Checks these jobs, given as values, or as texts that are no JSON. */
function check(jobs: readonly unknown[], words: readonly string[] = [], given: Given = {}) {
  const { stack, env, alone, stackName, store = memoryStore() } = given;
  return command(
    { ...operateWorld().ports, clock: () => NOON, directoryStore: store },
    ['check', '-', ...words],
    {
      stdin: jobs.map((job) => (typeof job === 'string' ? job : JSON.stringify(job))).join('\n'),
      alone,
      stackName,
      ...(stack === undefined ? {} : { stack }),
      ...(env === undefined ? {} : { env }),
    },
  );
}

/** A store in which a worker keeps what Marketo has described an hour ago. */
async function describedStore(rows: Parameters<typeof askingOf>[0]): Promise<DirectoryStore> {
  const store = memoryStore();
  const worker = createDirectory({
    store,
    clock: () => NOON - HOUR_MS,
    host: 'abc.mktorest.com',
    clientId: 'client-1',
    onStoreTrouble: () => undefined,
  });
  await worker.leadFields(askingOf(rows));
  return store;
}

const field = (rest: string, soap: string, displayName = soap, readOnly = false) => ({
  id: 1,
  displayName,
  dataType: 'string',
  rest: { name: rest, readOnly },
  soap: { name: soap, readOnly },
});
const INSTANCE = () => [
  field('email', 'Email'),
  field('firstName', 'FirstName'),
  field('favouriteColour__c', 'FavouriteColour'),
  field('company', 'Company'),
  field('score__c', 'Score', 'Score', true),
];

const write = (attributes: Readonly<Record<string, string>>, record: object = {}, job: object = {}) => ({
  operation: 'syncLead',
  params: {
    leadRecord: {
      Email: 'ann@example.com',
      leadAttributeList: {
        attribute: Object.entries(attributes).map(([attrName, attrValue]) => ({ attrName, attrValue })),
      },
      ...record,
    },
    returnLead: false,
  },
  ...job,
});
const FINE = write({ FirstName: 'Ann' });
const CUSTOM = write({ FavouriteColour: 'blue' });
const FOREIGN = write({}, { Email: undefined, ForeignSysPersonId: 'crm-1', ForeignSysType: 'CUSTOM' });
const OF_EUROPE = write({ FirstName: 'Ann' }, {}, { workspace: 'Europe' });
const UNKNOWN = write({ FristName: 'Ann' });
const INVALID = { operation: 'getTags', params: { x: 1 } };

describe('mktq check', () => {
  test('reports what is invalid by its line, as ever, and fails', async () => {
    const run = await check([{ operation: 'getTags', params: {} }, INVALID, 'not json'], ['--json']);
    expect(
      run.lines<{ line: number; error: unknown }>().map(({ line, error }) => [line, typeof error]),
    ).toEqual([
      [2, 'string'],
      [3, 'string'],
    ]);
    expect(run.code).toBe(1);
    const human = await check([INVALID]);
    expect(human.err).toMatch(/^line 1: /);
    expect(human.out).toBe('1 job: 0 valid, 1 invalid\n');
  });

  test('says what runs unchanged, and passes', async () => {
    const run = await check([FINE, FINE], [], { store: await describedStore(INSTANCE) });
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toBe(
      [
        'fields: the 5 of the instance, as a worker read them 1 h ago',
        '2 jobs: 2 valid, 0 invalid',
        'over REST: 2 unchanged',
        '',
      ].join('\n'),
    );
  });

  test('says each thing once, with how many jobs it is and the first lines, the worst first', async () => {
    const jobs = [
      OF_EUROPE,
      ...Array(7).fill(UNKNOWN),
      write({ Company: 'Acme', Score: '1' }),
      FINE,
      INVALID,
    ];
    const run = await check(jobs, [], { store: await describedStore(INSTANCE) });
    expect(run.out.split('\n')).toEqual([
      'cannot run over REST; enqueued all the same, nothing of it is sent',
      '  syncLead: no lead field is named "FristName"; near it are FirstName (1006)',
      '    7 jobs: lines 2, 3, 4, 5, 6 and 2 more',
      '',
      'cannot run as the stack is configured',
      expect.stringMatching(/^ {2}syncLead: .*Europe.*MARKETO_PARTITIONS.* \(\d+\)$/),
      '    1 job: line 1',
      '',
      'runs otherwise than over SOAP',
      expect.stringMatching(/^ {2}syncLead: Company is a company's field.* leave it as it is$/),
      '    1 job: line 9',
      '  syncLead: Score is read-only over REST: Marketo may refuse it',
      '    1 job: line 9',
      '',
      'fields: the 5 of the instance, as a worker read them 1 h ago',
      '11 jobs: 10 valid, 1 invalid',
      'over REST: 1 unchanged, 1 otherwise than over SOAP, 1 only with a setting, 7 not at all',
      '',
    ]);
    expect(run.code).toBe(1);
  });

  test('answers a line of JSON for each finding, beside those for what is invalid', async () => {
    const store = await describedStore(INSTANCE);
    const run = await check([FINE, UNKNOWN, INVALID, write({ Company: 'Acme' })], ['--json'], { store });
    expect(run.lines()).toEqual([
      {
        line: 2,
        operation: 'syncLead',
        finding: 'refused',
        code: 1006,
        message: 'no lead field is named "FristName"; near it are FirstName',
      },
      { line: 3, error: expect.any(String) },
      {
        line: 4,
        operation: 'syncLead',
        finding: 'unlike',
        code: 1021,
        message: expect.stringContaining('Company'),
      },
    ]);
    expect(run.err).toBe('');
  });

  test('passes where jobs only run otherwise, and fails where a setting is missing', async () => {
    const store = await describedStore(INSTANCE);
    expect((await check([write({ Company: 'Acme' })], [], { store })).code).toBe(0);
    expect((await check([OF_EUROPE], [], { store })).code).toBe(1);
  });

  test('goes by the settings of the stack', async () => {
    const restChoices = {
      foreignIdField: 'favouriteColour__c',
      partitions: { Europe: 'EMEA' },
      onDuplicate: 'dead-letter',
    } as const;
    const store = await describedStore(INSTANCE);
    const kinds = async (stack: Partial<Connection['stack']>) =>
      (await check([FOREIGN, OF_EUROPE], ['--json'], { store, stack }))
        .lines<{ finding: string }>()
        .map(({ finding }) => finding);
    expect(await kinds({ restChoices })).toEqual(['unlike']);
    expect(await kinds({})).toEqual(['needs-setting', 'needs-setting']);
    const misnamed = { ...restChoices, foreignIdField: 'crmId' };
    expect(await kinds({ restChoices: misnamed })).toEqual(['needs-setting', 'unlike']);
  });

  test('names what has no equivalent, whatever the fields are', async () => {
    const clear = {
      operation: 'importToList',
      params: {
        programName: 'P',
        importFileHeader: 'Email',
        importFileRows: { stringItem: ['a@example.com'] },
        importListMode: 'UPSERTLEADS',
        listName: 'L',
        clearList: true,
        campaignName: '',
      },
    };
    for (const given of [{ alone: true }, { store: await describedStore(INSTANCE) }]) {
      const run = await check([clear], ['--json'], given);
      expect(run.lines()).toMatchObject([{ finding: 'refused', code: 1003 }]);
      expect(run.code).toBe(1);
    }
  });

  test('has nothing to say of a valid job over SOAP', async () => {
    const run = await check([OF_EUROPE, UNKNOWN, FOREIGN], [], { stack: { transport: 'soap' } });
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^3 jobs: 3 valid, 0 invalid\nover SOAP, .*MARKETO_TRANSPORT=rest/);
    const alone = { alone: true, env: { MARKETO_USER_ID: 'u' } };
    expect((await check([OF_EUROPE], [], alone)).out).toMatch(/^1 job: 1 valid, 0 invalid\nover SOAP, /);
    const asked = { env: { ...alone.env, MARKETO_TRANSPORT: 'rest' } };
    expect((await check([OF_EUROPE], ['--offline'], asked)).out).toContain('1 only with a setting');
  });
});

describe('mktq check without a description of the instance', () => {
  const standard = standardFields().all.length;

  test.each([
    ['no stack is running here to ask for others', { alone: true }, []],
    ['no worker of this stack has asked for those of the instance yet', {}, []],
    ['no stack is asked (--offline)', {}, ['--offline']],
  ] as const)('goes by the standard fields and says so: %s', async (because, given, words) => {
    expect(standard).toBeGreaterThan(50);
    const run = await check([FINE, CUSTOM, write({ Company: 'Acme' })], words, given);
    expect(run.out).toContain(`fields: the standard ones alone: ${because}\n`);
    expect(run.out).toContain('over REST: 1 unchanged, 1 otherwise than over SOAP, 1 not known\n');
    expect(run.out).toContain('names fields that are not standard');
    expect(run.code).toBe(0);
    const json = await check([CUSTOM], ['--json', ...words], given);
    expect(json.lines()).toMatchObject([{ line: 1, finding: 'unchecked', code: 1006 }]);
    expect(json.err).toBe(`fields: the standard ones alone: ${because}\n`);
  });

  test('takes a name that is not standard for unknown where a worker does, too', async () => {
    const store = await describedStore(() => marketoError(603));
    const run = await check([CUSTOM, FINE], [], { store });
    expect(run.out).toContain('cannot run over REST');
    expect(run.out).toContain('Marketo refuses to describe');
    expect(run.code).toBe(1);
  });

  test('says why the table cannot be read, and goes on', async () => {
    const read = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    const run = await check([FINE], [], { store: { ...memoryStore(), read } });
    expect(run.out).toContain('does not answer (ECONNREFUSED)');
    expect(run).toMatchObject({ code: 0, out: expect.stringContaining('over REST: 1 unchanged') });
  });

  test('takes the settings of the shell where no stack runs or none is asked', async () => {
    const env = { MARKETO_PARTITIONS: '{"Europe":"EMEA"}' };
    for (const [words, given] of [
      [['--offline'], { env }],
      [[], { env, alone: true }],
    ] as const)
      expect((await check([OF_EUROPE], ['--json', ...words], given)).lines()).toMatchObject([
        { finding: 'unlike', code: 1010 },
      ]);
    // The stack that runs goes before the shell.
    const run = await check([OF_EUROPE], ['--json'], { env });
    expect(run.lines()).toMatchObject([{ finding: 'needs-setting' }]);
  });

  test('fails where the stack that was named cannot be found, and refuses to name one it must not ask', async () => {
    const given = { alone: true, stackName: 'mktq-acme' };
    await expect(check([FINE], [], given)).rejects.toThrow(Failure);
    await expect(check([FINE], ['--offline'], given)).rejects.toThrow(UsageError);
  });
});
