import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { fenced, textOf } from '../../support/documents.ts';
import { type Body, rest } from './rest-caller.ts';

const README = textOf('simulator/README.md');
/** Each request of the control, with its words. */
const SECTIONS = README.split(/^### /m)
  .slice(1)
  .map((section) => ({ request: section.split('\n', 1).join(''), section }));
const ADDRESS = 'http://127.0.0.1:4562';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

/** What the example of a section sends, and its answer. */
async function example(request: string) {
  const section = SECTIONS.find((each) => each.request === request)?.section ?? '';
  const [line = ''] = fenced(section, 'sh');
  const [, body, url = ''] = /^curl (?:--data '(.*)' )?(\S+)$/.exec(line.trim()) ?? [];
  const [expected = ''] = fenced(section, 'json');
  const here = (text: string) => text.replaceAll(ADDRESS, new URL(simulator.restUrl).origin);
  const answer = await fetch(here(url), body === undefined ? {} : { method: 'POST', body });
  return {
    asked: `${body === undefined ? 'GET' : 'POST'} ${new URL(url).pathname}`,
    answer,
    expected: here(expected),
  };
}

const writeLead = (): Promise<Body> =>
  rest(simulator, 'POST', '/rest/v1/leads.json', { json: { input: [{ email: 'ann@example.com' }] } });
const codeOf = ({ errors }: Body) => errors?.[0]?.code;

describe('simulator/README.md', () => {
  test('has every request of the control, and none that is gone', () => {
    const known = [...textOf('simulator/control.ts').matchAll(/^ +case '((?:GET|POST) [^']+)':/gm)];
    expect(SECTIONS.map(({ request }) => request)).toEqual(known.map(([, request]) => request));
  });

  test.each(SECTIONS.map(({ request }) => request))('shows %s as it is answered', async (request) => {
    const { asked, answer, expected } = await example(request);
    expect([asked, answer.status]).toEqual([request, 200]);
    expect(await answer.json()).toMatchObject(JSON.parse(expected));
  });

  test('has every kind of action', () => {
    const kinds = textOf('simulator/script.ts').matchAll(/kind: v\.literal\('([\w-]+)'\)/g);
    const [, table = ''] = README.split('| `do.kind` | does |');
    const told = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, kind]) => kind);
    expect(told.toSorted()).toEqual([...kinds].map(([, kind]) => kind).toSorted());
  });
});

describe('the examples', () => {
  test('script: three writes of a lead are told 611, the fourth runs, and an empty script ends it at once', async () => {
    await example('POST /_simulator/script');
    expect([codeOf(await writeLead()), codeOf(await writeLead()), codeOf(await writeLead())]).toEqual(
      Array(3).fill('611'),
    );
    expect(codeOf(await writeLead())).toBeUndefined();
    await example('POST /_simulator/script');
    await fetch(new URL('/_simulator/script', simulator.restUrl), { method: 'POST', body: '[]' });
    expect(codeOf(await writeLead())).toBeUndefined();
  });

  test('limits: the quota of the day is what was sent, and reset leaves it', async () => {
    await example('POST /_simulator/limits');
    await writeLead();
    expect(simulator.witness()).toMatchObject({ executed: 2, quota: { spent: 1, limit: 100 } });
    await example('POST /_simulator/reset');
    expect(simulator.witness()).toMatchObject({ arrived: 0, quota: { spent: 0, limit: 100 } });
    expect(simulator.instance().leads.size).toBe(0);
  });

  test('what is no rule and no limit is refused with words, and changes nothing', async () => {
    for (const [path, body] of [
      ['script', '[{"do":{"kind":"explode"}}]'],
      ['script', 'no JSON'],
      ['limits', '{"dailyQuota":"many"}'],
      ['limits', '{"speed":1}'],
    ] as const) {
      const answer = await fetch(new URL(`/_simulator/${path}`, simulator.restUrl), { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ error: expect.stringMatching(/\w{3}/) });
    }
    expect(codeOf(await writeLead())).toBeUndefined();
  });
});
