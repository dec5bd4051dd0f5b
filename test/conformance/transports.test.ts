import { beforeAll, describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../../shared/marketo/operations/operation-names.ts';
import { textOf } from '../support/documents.ts';
import { CASES } from './transports/cases.ts';
import { codesIn, linesIn } from './transports/document.ts';
import type { Case } from './transports/job.ts';
import { DIFFERENCES, EVERYWHERE, lineOf } from './transports/lines.ts';
import { verdictDifferences } from './transports/verdict.ts';
import { Worlds } from './transports/worlds.ts';

/** Of every job of a case: its differences, each with the line of docs/rest.md that tells of it. */
async function played({ settings, before = [], jobs, passMs = 1_000, shows = [] }: Case) {
  const worlds = await Worlds.open(settings);
  try {
    for (const one of before) await worlds.prepare(one);
    const pairs = await worlds.run(jobs, passMs);
    const allowed = [...shows, ...EVERYWHERE];
    return pairs.flatMap(({ soap, rest }, index) =>
      verdictDifferences(soap, rest).map((difference) => ({
        job: index + 1,
        ...difference,
        line: lineOf(difference, allowed),
      })),
    );
  } finally {
    await worlds.close();
  }
}

const seen = new Map<string, Awaited<ReturnType<typeof played>>>();

beforeAll(async () => {
  for (const one of CASES) seen.set(one.name, await played(one));
}, 120_000);

describe('a job comes to the same over SOAP and over REST', () => {
  test.each(CASES.map((one) => [one.name, one] as const))('%s', (name, { shows = [] }) => {
    const differences = seen.get(name) ?? [];
    expect(differences.filter(({ line }) => line === null)).toEqual([]);
    const lines = new Set(differences.map(({ line }) => line?.name));
    expect(shows.filter((line) => !lines.has(line))).toEqual([]);
  });

  test('no two cases have one name', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });

  test('every operation is among them', () => {
    const jobs = CASES.flatMap((one) => one.jobs);
    const run = new Set(jobs.flatMap((one) => (typeof one === 'function' ? [] : one.operation)));
    expect(OPERATION_NAMES.filter((operation) => !run.has(operation))).toEqual([]);
  });
});

describe('docs/rest.md', () => {
  const lines = linesIn(textOf('docs/rest.md'));

  test('has no line twice', () => {
    const names = lines.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('has a line for every difference that is allowed here, and no other without a star', () => {
    const unstarred = lines.filter(({ starred }) => !starred).map(({ name }) => name);
    expect(unstarred.toSorted()).toEqual(Object.keys(DIFFERENCES).toSorted());
  });

  test('tells of no difference that was not seen, and nothing is allowed that did not happen', () => {
    const differences = [...seen.values()].flat();
    const used = new Set(differences.map(({ line }) => `${line?.name} ${line?.place}`));
    const unused = Object.entries(DIFFERENCES).flatMap(([name, allowed]) =>
      allowed.map((_, place) => `${name} ${place}`).filter((one) => !used.has(one)),
    );
    expect(unused).toEqual([]);
  });
});

test('every pair of codes in docs/rest.md came up', () => {
  const differences = [...seen.values()].flat().filter(({ line }) => line?.name === 'codes');
  const used = new Set(differences.map(({ soap, rest }) => `${soap} ${rest}`));
  const pairs = [...codesIn(textOf('docs/rest.md'))].flatMap(([soap, codes]) =>
    codes.map((code) => `${soap} ${code}`),
  );
  expect(pairs.filter((pair) => !used.has(pair))).toEqual([]);
});

describe('what holds the two together', () => {
  const verdict = (result: unknown) =>
    ({ class: 'completed', code: null, message: '', result, records: [] }) as const;

  test('sees a type, an absence, an order and a name that differ', () => {
    const paths = (soap: unknown, rest: unknown) =>
      verdictDifferences(verdict(soap), verdict(rest)).map(({ path }) => path);
    expect(paths({ id: 1 }, { id: '1' })).toEqual(['result.id']);
    expect(paths({ id: 1 }, { id: 1, error: null })).toEqual(['result.error']);
    expect(paths({ a: [1] }, { a: 1 })).toEqual(['result.a']);
    expect(paths({ a: ['x', 'y'] }, { a: ['y', 'x'] })).toEqual(['result.a[0]', 'result.a[1]']);
    const [x, y] = [{ attrName: 'x' }, { attrName: 'y' }];
    expect(paths([x, y], [y, x])).toEqual(['result.order']);
    expect(paths([x], [x, y])).toEqual(['result{y}']);
    expect(paths({ a: [1] }, { a: [1, 2] })).toEqual(['result.a.length']);
  });

  test('sees no difference where there is none', () => {
    expect(verdictDifferences(verdict({ id: [1] }), verdict({ id: [1] }))).toEqual([]);
  });

  test('takes no line for one that tells of something else', () => {
    const names = Object.keys(DIFFERENCES);
    expect(lineOf({ path: 'result.result.leadId', soap: 1, rest: '1' }, names)).toBeNull();
    expect(lineOf({ path: 'code', soap: 20103, rest: 1006 }, names)).toBeNull();
    expect(lineOf({ path: 'code', soap: 20103, rest: 1004 }, names)).toEqual({ name: 'codes', place: 0 });
  });
});
