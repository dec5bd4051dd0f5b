import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rule } from '../../simulator/script.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { executedTwice, valuesWritten } from '../../simulator/witness.ts';
import { attribute, call, lead, leadKey, textOf } from '../unit/simulator/caller.ts';
import {
  errorCode,
  goodQuery,
  identity,
  type RestReply,
  rest,
  send,
  tokenOf,
} from '../unit/simulator/rest-caller.ts';

const USAGE = '/rest/v1/stats/usage.json';
const BY_EMAIL = '/rest/v1/leads.json?filterType=email&filterValues=a%40x';

let simulator: Simulator;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-11-22T18:00:00Z');
  simulator = await startSimulator({ clock: () => now, limits: { dailyQuota: 100_000 } });
});
afterEach(() => simulator.close());

const jsonOf = (reply: RestReply): Record<string, unknown> => JSON.parse(reply.text);
const script = (...rules: Rule[]) => simulator.script(rules);

test('a lead written over SOAP is read over REST, under the names and types of REST', async () => {
  await call(
    simulator,
    'syncLead',
    lead(
      'a@x',
      attribute('FirstName', 'Ann'),
      attribute('LeadScore', '7'),
      attribute('DateofBirth', '1990-01-02'),
    ),
    now,
  );
  const fields = 'email,firstName,leadScore,dateOfBirth,unsubscribed,lastName';
  const { success, result } = await rest(simulator, 'GET', `${BY_EMAIL}&fields=${fields}`);
  expect(success).toBe(true);
  expect(result).toEqual([
    {
      id: expect.any(Number),
      email: 'a@x',
      firstName: 'Ann',
      leadScore: 7,
      dateOfBirth: '1990-01-02',
      unsubscribed: false,
      lastName: null,
    },
  ]);
});

test('a lead written over REST is read over SOAP, under the names of SOAP', async () => {
  const input = [{ email: 'a@x', firstName: 'Ann', leadScore: 7, favouriteNumber_c: 3 }];
  const written = await rest(simulator, 'POST', '/rest/v1/leads.json', { json: { input } });
  const reply = await call(simulator, 'getLead', leadKey('EMAIL', 'a@x'), now);
  expect(textOf(reply, 'Id')).toBe(String(written.result?.[0]?.['id']));
  for (const [name, value] of [
    ['FirstName', 'Ann'],
    ['LeadScore', '7'],
    ['Favourite Number', '3'],
  ])
    expect(reply.body).toMatch(
      new RegExp(`<attrName>${name}</attrName><attrType>string</attrType><attrValue>${value}<`),
    );
});

describe('the books', () => {
  const write = (seq: number) =>
    rest(simulator, 'POST', '/rest/v1/leads.json', {
      json: { input: [{ email: 'A@x', firstName: `n${seq}` }] },
    });

  test('hold what REST wrote of a lead under the key and the names of SOAP', async () => {
    await call(simulator, 'syncLead', lead('a@x', attribute('FirstName', 'n0')), now);
    await write(1);
    await write(2);
    await write(2);
    const witness = simulator.witness();
    expect(valuesWritten(witness, 'EMAIL:a@x', 'FirstName')).toEqual(['n0', 'n1', 'n2', 'n2']);
    expect(executedTwice(witness)).toMatchObject([{ operation: 'POST leads.json', times: 2 }]);
  });

  test('and the instance are there again after a kill', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'simulator-rest-'));
    await simulator.close();
    simulator = await startSimulator({ clock: () => now, dataDir });
    await write(1);
    const { result } = await rest(simulator, 'GET', BY_EMAIL);
    const id = result?.[0]?.['id'];
    const trigger = { json: { input: { leads: [{ id }] } } };
    await rest(simulator, 'POST', '/rest/v1/campaigns/1001/trigger.json', trigger);
    const before = simulator.witness();
    await simulator.close();
    simulator = await startSimulator({ clock: () => now, dataDir });
    expect(simulator.witness()).toEqual({ ...before, maxConcurrency: 0 });
    expect((await rest(simulator, 'GET', BY_EMAIL)).result).toEqual(result);
    rmSync(dataDir, { recursive: true });
  });
});

describe('identity', () => {
  test('hands out one token until its life is over, with less and less of it left', async () => {
    const [first, post] = [await identity(simulator, goodQuery(simulator)), await tokenOf(simulator)];
    expect(first.status).toBe(200);
    expect(first.headers['cache-control']).toBe('no-store');
    expect(jsonOf(first)).toMatchObject({ token_type: 'bearer', expires_in: 3600, access_token: post });
    now += 3_599_500;
    const last = jsonOf(await identity(simulator, goodQuery(simulator), 'POST'));
    expect(last).toMatchObject({ expires_in: 0, access_token: post });
    now += 500;
    expect(await tokenOf(simulator)).not.toBe(post);
  });

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'unauthorized'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s in the words of Spring', async (_, wrong, status, error) => {
    const reply = await identity(simulator, { ...goodQuery(simulator), ...wrong });
    expect([reply.status, jsonOf(reply)['error']]).toEqual([status, error]);
  });

  test('is counted in no limit', async () => {
    for (let asked = 0; asked < 120; asked += 1) await tokenOf(simulator);
    expect(simulator.witness().quota.spent).toBe(0);
    expect(simulator.witness().executedByOperation).toEqual({ identity: 120 });
  });

  test('is met with trouble by rules for `identity`', async () => {
    const query = goodQuery(simulator);
    const match = { operation: 'identity' };
    script(
      { match, do: { kind: 'fault', code: 401 } },
      { match, do: { kind: 'fault', code: 500 } },
      { match, do: { kind: 'garbage', body: 'html' } },
      { match, do: { kind: 'short-token', lifeMs: 2_000 } },
    );
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await identity(simulator, query)).status);
    expect(statuses).toEqual([401, 500, 502]);
    expect(jsonOf(await identity(simulator, query))).toMatchObject({ expires_in: 2 });
    script({ match, do: { kind: 'drop' } });
    await expect(identity(simulator, query)).rejects.toThrow();
  });
});

describe('the token', () => {
  const codeWith = async (token: string | null, path = USAGE) =>
    errorCode(await rest(simulator, 'GET', path, { token }));

  test('is 602 on the first use after its end and 601 ever after, and nobody is charged for it', async () => {
    const token = await tokenOf(simulator);
    expect(await codeWith(token)).toBeNull();
    now += 3_600_000;
    expect([await codeWith(token), await codeWith(token)]).toEqual(['602', '601']);
    expect(simulator.witness()).toMatchObject({ quota: { spent: 1 }, rejected: { authentication: 2 } });
  });

  test('is 601 if nobody handed it out, and no token in the query counts', async () => {
    const token = await tokenOf(simulator);
    expect(await codeWith('made-up')).toBe('601');
    expect(await codeWith(null)).toBe('600');
    expect(await codeWith(null, `${USAGE}?access_token=${token}`)).toBe('601');
  });

  test('can be ended and forgotten by the control', async () => {
    const control = (verb: string) =>
      fetch(new URL(`/_simulator/${verb}`, simulator.restUrl), { method: 'POST' });
    const first = await tokenOf(simulator);
    await control('expire-tokens');
    expect(await codeWith(first)).toBe('602');
    const second = await tokenOf(simulator);
    await control('revoke-tokens');
    expect([await codeWith(second), second === (await tokenOf(simulator))]).toEqual(['601', false]);
  });
});

describe('limits', () => {
  test('are 606, 607 and 615, over both APIs together', async () => {
    const token = await tokenOf(simulator);
    const usage = () => rest(simulator, 'GET', USAGE, { token });
    simulator.setLimits({ ratePerWindow: 2 });
    await call(simulator, 'getLead', leadKey('EMAIL', 'a@x'), now);
    await usage();
    expect((await usage()).errors).toEqual([
      { code: '606', message: "Max rate limit '2' exceeded with in '20' secs" },
    ]);
    now += 20_000;
    simulator.setLimits({ dailyQuota: 3 });
    expect(errorCode(await usage())).toBe('607');
    simulator.setLimits({ dailyQuota: 100, concurrency: 0 });
    expect(errorCode(await usage())).toBe('615');
    expect(simulator.witness().rejected).toMatchObject({ rate: 1, quota: 1, concurrency: 1 });
  });
});

describe('a request that is not one', () => {
  test.each([
    ['an unknown path', 'GET', '/rest/v1/boats.json', {}, '610'],
    ['a double slash', 'GET', '/rest//v1/leads.json', {}, '610'],
    ['a wrong method', 'DELETE', '/rest/v1/stats/usage.json', {}, '605'],
    ['an override to anything but GET', 'POST', `${USAGE}?_method=DELETE`, { form: {} }, '605'],
    ['a long read that is no form', 'POST', '/rest/v1/leads.json?_method=GET', { body: 'a=b' }, '612'],
    ['a compound read where there is none', 'POST', '/rest/v1/leads.json?_method=GET', { json: {} }, '612'],
  ])('is answered by code: %s', async (_, method, path, sent, code) => {
    const reply = await send(simulator, method, path, sent);
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json;charset=UTF-8']);
    const { success, errors, requestId } = JSON.parse(reply.text);
    expect([success, errors[0].code, requestId]).toEqual([false, code, expect.stringMatching(/^\w+#\w+$/)]);
  });

  test('is 414 or 413 if it is too long, and charged to nobody', async () => {
    const long = await send(simulator, 'GET', `${USAGE}?x=${'y'.repeat(9_000)}`);
    const large = await send(simulator, 'POST', '/rest/v1/leads.json', {
      body: Buffer.alloc(1024 * 1024 + 1),
    });
    expect([long.status, large.status]).toEqual([414, 413]);
    expect(simulator.witness()).toMatchObject({ quota: { spent: 0 }, outcomes: { 'rejected:413': 1 } });
  });

  test('reads long filters from a form', async () => {
    await call(simulator, 'syncLead', lead('a@x'), now);
    const form = { filterType: 'email', filterValues: 'a@x', fields: 'email' };
    const { result } = await rest(simulator, 'POST', '/rest/v1/leads.json?_method=GET', { form });
    expect(result).toEqual([{ id: expect.any(Number), email: 'a@x' }]);
    expect(simulator.witness().executedByOperation['GET leads.json']).toBe(1);
  });
});

describe('a rule', () => {
  const code = async (path = BY_EMAIL) => errorCode(await rest(simulator, 'GET', path));

  test('answers a code with HTTP 200, and does not charge the ones with a star', async () => {
    const match = { operation: 'GET leads.json' };
    script({ match, do: { kind: 'fault', code: 611 } }, { match, do: { kind: 'fault', code: 1013 } });
    expect([await code(USAGE), await code(), await code(), await code()]).toEqual([
      null,
      '611',
      '1013',
      null,
    ]);
    expect(simulator.witness().quota.spent).toBe(3);
  });

  test('sees the values of a query as they were meant', async () => {
    script({ match: { contains: 'filterValues=a@x' }, do: { kind: 'fault', code: 608 } });
    expect([await code(USAGE), await code()]).toEqual([null, '608']);
  });

  test.each([
    ['html', 502, /^<!DOCTYPE html>/],
    ['empty', 200, /^$/],
    ['truncated', 200, /^\{"requestId":.*[^}]$/],
    ['other-operation', 200, /"applicableProgramType"/],
    ['json', 200, /^\{"status":"UP"\}$/],
  ] as const)('puts garbage in place of the answer: %s', async (body, status, text) => {
    script({ do: { kind: 'garbage', body, when: 'after' }, match: { operation: 'GET leads.json' } });
    const reply = await send(simulator, 'GET', BY_EMAIL);
    expect(reply.status).toBe(status);
    expect(reply.text).toMatch(text);
    expect(simulator.witness().executedByOperation['GET leads.json']).toBe(1);
  });

  test.each([500, 502])('answers %i as a status of HTTP, unless told 200', async (status) => {
    const match = { operation: 'GET leads.json' };
    script(
      { match, do: { kind: 'fault', code: status } },
      { match, do: { kind: 'fault', code: status, status: 200 } },
    );
    expect((await send(simulator, 'GET', BY_EMAIL)).status).toBe(status);
    expect(await code()).toBe(String(status));
  });
});

test('the usage counts the calls of the day, over both APIs', async () => {
  await call(simulator, 'getLead', leadKey('EMAIL', 'a@x'), now);
  const today = { date: '2026-11-22', total: 2, users: [{ userId: 'api@simulator.example', count: 2 }] };
  expect((await rest(simulator, 'GET', USAGE)).result).toEqual([today]);
  now += 24 * 3_600_000;
  const { result } = await rest(simulator, 'GET', '/rest/v1/stats/usage/last7days.json');
  expect(result).toMatchObject([{ date: '2026-11-23', total: 1 }, today]);
});

test('the control says where the faces are', async () => {
  const overview = await (await fetch(new URL('/_simulator', simulator.soapUrl))).json();
  const { soapUrl, restUrl, identityUrl } = simulator;
  expect(overview).toMatchObject({ soapUrl, restUrl, identityUrl });
});
