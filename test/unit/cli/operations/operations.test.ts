import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../../../../cli/cli.ts';
import { defineOperations } from '../../../../cli/commands/operations.ts';
import { UsageError } from '../../../../cli/exit.ts';
import { CATALOGUE } from '../../../../cli/operations/catalogue.ts';
import { describeParams, rulesOfParams } from '../../../../cli/operations/describe-params.ts';
import { plainStyle } from '../../../../cli/render/style.ts';
import { cells } from '../../../../cli/render/text.ts';
import { OPERATION_NAMES } from '../../../../shared/marketo/operations/operation-names.ts';
import { OPERATIONS, validateParams } from '../../../../shared/marketo/operations/registry.ts';

async function operations(words: readonly string[], columns?: number): Promise<string> {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const json = words.includes('--json');
  const cli = { stdout: { write, columns }, style: plainStyle, json } as Partial<Cli> as Cli;
  const program = new Command('mktq').exitOverride();
  defineOperations(program, cli);
  await program.parseAsync(['operations', ...words.filter((word) => word !== '--json')], { from: 'user' });
  return written.join('');
}

describe('mktq operations', () => {
  test('lists each operation with what it does', async () => {
    const lines = (await operations([])).split('\n');
    expect(lines.slice(0, OPERATION_NAMES.length).map((line) => line.split(' ')[0])).toEqual(OPERATION_NAMES);
    expect(lines[4]).toMatch(/^syncLead {2,}write one lead/);
    const json: readonly unknown[] = JSON.parse(await operations(['--json']));
    expect(json).toHaveLength(23);
    expect(json[0]).toEqual({ name: 'getLead', summary: 'read the leads of one key' });
  });

  test.each(OPERATION_NAMES)('has an example of %s that is valid', (name) => {
    expect(validateParams(name, CATALOGUE[name].example)).toMatchObject({ kind: 'valid' });
  });

  test.each(OPERATION_NAMES)('tells every param that the example of %s has', (name) => {
    const known = describeParams(OPERATIONS[name].params).map(({ path }) => path.replaceAll('[]', ''));
    expect(pathsOf(CATALOGUE[name].example).filter((path) => !known.includes(path))).toEqual([]);
  });

  test('tells the type of a param, whether it may be absent, and its limits', () => {
    const params = describeParams(OPERATIONS.getMultipleLeads.params);
    expect(params.find(({ path }) => path === 'batchSize')).toEqual({
      path: 'batchSize',
      type: 'int',
      optional: true,
      least: 1,
      most: 1_000,
    });
    const keys = 'leadSelector.keyValues.stringItem[]';
    expect(params.find(({ path }) => path === keys)).toMatchObject({
      type: 'string or number or boolean',
      optional: false,
      leastItems: 1,
      mostItems: 100,
    });
    expect(params.find(({ path }) => path === 'leadSelector.keyType')).toMatchObject({
      of: 'LeadKeySelector',
      values: expect.arrayContaining(['EMAIL', 'IDNUM']),
    });
    expect(params.filter(({ path }) => path.includes('xsi'))).toEqual([]);
  });

  test('tells what has to stand beside what', () => {
    expect(rulesOfParams(OPERATIONS.requestCampaign.params)).toContain(
      'needs campaignId, or programName and campaignName',
    );
  });

  test.each(OPERATION_NAMES)('shows %s in 60 columns, but for the example', async (name) => {
    const text = await operations([name], 60);
    const [before, example = ''] = text.split('\nExample\n');
    expect(before?.split('\n').filter((line) => cells(line) > 60)).toEqual([]);
    expect(JSON.parse(example)).toEqual(CATALOGUE[name].example);
  });

  test('answers one operation as JSON', async () => {
    const answer: unknown = JSON.parse(await operations(['getLead', '--json']));
    expect(answer).toMatchObject({
      name: 'getLead',
      params: [{ path: 'leadKey' }, { path: 'leadKey.keyType' }, { path: 'leadKey.keyValue' }],
      example: CATALOGUE.getLead.example,
    });
  });

  test('says which operation was meant by one that there is not', async () => {
    await expect(operations(['synclead'])).rejects.toThrow('did you mean syncLead?');
    await expect(operations(['nonsense'])).rejects.toThrow(UsageError);
  });
});

function pathsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => pathsOf(one, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [own, ...pathsOf(child, own)];
  });
}
