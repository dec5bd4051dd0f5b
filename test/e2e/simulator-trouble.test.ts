import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Rule } from '../../simulator/script.ts';
import {
  DEFAULT_CREDENTIALS,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulator/simulator.ts';
import { executedTwice, valuesWritten } from '../../simulator/witness.ts';
import { attribute, call, codeOf, envelope, lead, leadKey, post, textOf } from '../unit/simulator/caller.ts';

const running: Simulator[] = [];
async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  running.push(simulator);
  return simulator;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

const syncLead = (simulator: Simulator) => call(simulator, 'syncLead', lead('a@x'));
const outcomes = (simulator: Simulator) => simulator.witness().entries.map(({ outcome }) => outcome);

describe('a script', () => {
  const scripted = async (...rules: Rule[]) => start({ rules });

  test('drops before executing: the call fails, nothing ran', async () => {
    const simulator = await scripted({ do: { kind: 'drop' } });
    await expect(syncLead(simulator)).rejects.toThrow();
    expect(simulator.witness()).toMatchObject({
      arrived: 1,
      executed: 0,
      replied: 0,
      outcomes: { 'dropped-before': 1 },
    });
    expect(textOf(await syncLead(simulator), 'status')).toBe('CREATED');
  });

  test('drops after executing: the call fails, and it ran', async () => {
    const simulator = await scripted({ do: { kind: 'drop', when: 'after' } });
    await expect(syncLead(simulator)).rejects.toThrow();
    expect(simulator.witness()).toMatchObject({ arrived: 1, executed: 1, replied: 0 });
    expect(textOf(await syncLead(simulator), 'status')).toBe('UPDATED');
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)(
    'stalls %s executing, and keeps the place until the client hangs up',
    async (when, executed) => {
      const simulator = await start({ limits: { concurrency: 1 }, rules: [{ do: { kind: 'stall', when } }] });
      const hangUp = new AbortController();
      const stalled = post(simulator.soapUrl, envelope('syncLead', lead('a@x')), 'POST', hangUp.signal);
      const ended = expect(stalled).rejects.toThrow();
      await vi.waitFor(() => expect(simulator.witness().outcomes['pending']).toBeUndefined());
      await vi.waitFor(() => expect(simulator.witness().arrived).toBe(1));
      expect(simulator.witness().executed).toBe(executed);
      expect(codeOf(await syncLead(simulator))).toBe(20024);
      hangUp.abort();
      await ended;
      await vi.waitFor(async () => expect((await syncLead(simulator)).status).toBe(200));
    },
  );

  test.each([
    ['html', 502, /^<!DOCTYPE html>.*<br>$/],
    ['wellformed-html', 502, /^<html>.*<\/html>$/],
    ['text', 503, /^upstream/],
    ['json', 200, /^\{.*\}$/],
    ['truncated-xml', 200, /successSyncLead>.*<[^>]*$/s],
    ['empty', 200, /^$/],
    ['other-operation', 200, /ns1:successGetTags/],
  ] as const)('answers %s, before and after executing', async (body, status, shape) => {
    const after: Rule = { do: { kind: 'garbage', body, status: 500, when: 'after' } };
    const simulator = await scripted({ do: { kind: 'garbage', body } }, after);
    const reply = await syncLead(simulator);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatch(shape);
    expect(outcomes(simulator)).toEqual(['garbled-before']);
    expect((await syncLead(simulator)).status).toBe(500);
    expect(outcomes(simulator)).toEqual(['garbled-before', 'executed']);
  });

  test('drips the true answer', async () => {
    const simulator = await scripted({ do: { kind: 'drip', everyMs: 0 } });
    expect(textOf(await syncLead(simulator), 'status')).toBe('CREATED');
    expect(simulator.witness()).toMatchObject({ executed: 1, replied: 1 });
  });

  test('redirects', async () => {
    const simulator = await scripted({ do: { kind: 'redirect', location: 'http://127.0.0.1:1/' } });
    const { status, headers } = await syncLead(simulator);
    expect([status, headers['location']]).toEqual([302, 'http://127.0.0.1:1/']);
  });

  test('answers more than anybody should read', async () => {
    const simulator = await scripted({ do: { kind: 'oversize', bytes: 1_000_000 } });
    expect((await syncLead(simulator)).body.length).toBeGreaterThanOrEqual(1_000_000);
  });

  test.each([404, 410] as const)('answers %i as if the endpoint were gone', async (status) => {
    const simulator = await scripted({ do: { kind: 'gone', status } });
    expect((await syncLead(simulator)).status).toBe(status);
    expect(outcomes(simulator)).toEqual(['gone']);
  });

  test('faults on 500 and on 200, before and after executing', async () => {
    const simulator = await scripted(
      { do: { kind: 'fault', code: 20015 } },
      { do: { kind: 'fault', code: 20011, message: 'Oh <no>', status: 200, when: 'after' } },
    );
    const before = await syncLead(simulator);
    expect([before.status, textOf(before, 'faultstring')]).toEqual([500, '20015 - Request Limit Exceeded']);
    const after = await syncLead(simulator);
    expect([after.status, textOf(after, 'message')]).toEqual([200, 'Oh &lt;no&gt; (20011)']);
    expect(outcomes(simulator)).toEqual(['rejected:20015', 'executed']);
  });

  test('delays, and a client that hangs up meanwhile changes nothing', async () => {
    const simulator = await scripted({ delayMs: 300 });
    const hangUp = new AbortController();
    const delayed = post(simulator.soapUrl, envelope('syncLead', lead('a@x')), 'POST', hangUp.signal);
    const ended = expect(delayed).rejects.toThrow();
    await vi.waitFor(() => expect(outcomes(simulator)).toEqual(['pending']), { interval: 1 });
    hangUp.abort();
    await ended;
    await vi.waitFor(() => expect(simulator.witness()).toMatchObject({ executed: 1, replied: 0 }));
  });

  test('does not spend a rule on a call that a limit rejects', async () => {
    const simulator = await start({ limits: { ratePerWindow: 0 }, rules: [{ do: { kind: 'drop' } }] });
    expect(codeOf(await syncLead(simulator))).toBe(20023);
    simulator.setLimits({ ratePerWindow: 100 });
    await expect(syncLead(simulator)).rejects.toThrow();
  });
});

describe('limits over HTTP', () => {
  const NOON = Date.parse('2026-11-22T18:00:00Z');

  test.each([
    [true, [20023, 20023], 3],
    [false, [20023, null], 2],
  ])('with rejections charged: %s', async (chargeRejections, expected, spent) => {
    let now = NOON;
    const simulator = await start({ clock: () => now, limits: { ratePerWindow: 1, chargeRejections } });
    const at = async (time: number) => {
      now = time;
      return codeOf(await call(simulator, 'listMObjects', '', now));
    };
    expect(await at(NOON)).toBeNull();
    expect([await at(NOON + 10_000), await at(NOON + 20_000)]).toEqual(expected);
    expect(simulator.witness().quota.spent).toBe(spent);
    expect(simulator.witness().rejected.rate).toBe(chargeRejections ? 2 : 1);
  });

  test('the daily quota ends the day and not the next', async () => {
    let now = NOON;
    const simulator = await start({ clock: () => now, limits: { dailyQuota: 1 } });
    const code = async () => codeOf(await call(simulator, 'listMObjects', '', now));
    expect([await code(), await code()]).toEqual([null, 20015]);
    now += 24 * 3_600_000;
    expect(await code()).toBeNull();
  });

  test.each([
    [9, null],
    [10, 20024],
  ])('beside %i calls at once, another one answers %s', async (held, code) => {
    const stall: Rule = { match: { operation: 'getTags' }, times: 'always', do: { kind: 'stall' } };
    const simulator = await start({ rules: [stall] });
    const hangUp = new AbortController();
    const stalled = Array.from({ length: held }, () =>
      post(simulator.soapUrl, envelope('getTags', ''), 'POST', hangUp.signal).catch(() => null),
    );
    await vi.waitFor(() => expect(simulator.witness().arrived).toBe(held));
    expect(codeOf(await call(simulator, 'listMObjects', ''))).toBe(code);
    expect(simulator.witness().maxConcurrency).toBe(held + 1);
    hangUp.abort();
    await Promise.all(stalled);
  });
});

test('latency is taken between its bounds by the injected chance', async () => {
  const drawn: number[] = [];
  const random = () => {
    drawn.push(0);
    return 0;
  };
  const simulator = await start({ latency: { minMs: 0, maxMs: 3_600_000 }, random });
  expect((await syncLead(simulator)).status).toBe(200);
  expect(drawn).toHaveLength(1);
});

describe('a request that is not one', () => {
  test.each([
    [
      'a wrong key',
      envelope('getTags', '', { credentials: { ...DEFAULT_CREDENTIALS, encryptionKey: 'another-key' } }),
      20014,
    ],
    ['an old signature', envelope('getTags', '', { at: Date.now() - 900_000 }), 20016],
    ['a signature from the future', envelope('getTags', '', { at: Date.now() + 900_000 }), 20016],
    ['an unknown operation', envelope('makeCoffee', ''), 20019],
    ['no envelope', 'hello', 20012],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0xff, 0x3e]), 20018],
  ])('%s faults and is booked', async (_, body, code) => {
    const simulator = await start();
    const reply = await post(simulator.soapUrl, body);
    expect([reply.status, codeOf(reply)]).toEqual([500, code]);
    expect(outcomes(simulator)).toEqual([`rejected:${code}`]);
  });

  test('on another path or by another method is 404 and not booked', async () => {
    const simulator = await start();
    expect((await post(new URL('/soap/mktows/2_9', simulator.soapUrl).href, '')).status).toBe(404);
    expect((await post(`${simulator.soapUrl}?WSDL`, '', 'GET')).status).toBe(404);
    expect(simulator.witness().arrived).toBe(0);
  });
});

test("the Date header tells the simulator's time, by which a client can correct its own", async () => {
  const ahead = Date.now() + 3_600_000;
  const simulator = await start({ clock: () => ahead });
  const reply = await call(simulator, 'listMObjects', '');
  expect(codeOf(reply)).toBe(20016);
  const corrected = Date.parse(String(reply.headers['date']));
  expect(codeOf(await call(simulator, 'listMObjects', '', corrected))).toBeNull();
});

test('an idle kept-alive socket is closed by the server', async () => {
  const simulator = await start({ keepAliveMs: 20 });
  const socket = createConnection(simulator.port, '127.0.0.1');
  const body = envelope('listMObjects', '');
  socket.write(`POST /soap/mktows/3_1 HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  socket.resume();
  await once(socket, 'end');
});

test('a kept-alive socket serves several requests', async () => {
  const simulator = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const reused: boolean[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const outgoing = request(simulator.soapUrl, { method: 'POST', agent });
    outgoing.end(envelope('listMObjects', ''));
    const [incoming] = await once(outgoing, 'response');
    incoming.resume();
    await once(incoming, 'end');
    reused.push(outgoing.reusedSocket);
  }
  agent.destroy();
  expect(reused).toEqual([false, true]);
});

describe('the witness', () => {
  test('tells what ran twice, and in which order a lead was written', async () => {
    const simulator = await start();
    for (const seq of ['1', '2', '3']) await call(simulator, 'syncLead', lead('A@x', attribute('Seq', seq)));
    const campaign = `<source>MKTOWS</source><campaignId>1001</campaignId><leadList>${leadKey('EMAIL', 'a@x')}</leadList>`;
    await call(simulator, 'requestCampaign', campaign);
    expect(executedTwice(simulator.witness())).toEqual([]);
    await call(simulator, 'requestCampaign', campaign);
    const witness = simulator.witness();
    expect(executedTwice(witness)).toEqual([
      expect.objectContaining({ operation: 'requestCampaign', times: 2 }),
    ]);
    expect(executedTwice(witness, ['syncLead'])).toEqual([]);
    expect(valuesWritten(witness, 'EMAIL:a@x', 'Seq')).toEqual(['1', '2', '3']);
    expect(witness.leadWrites['EMAIL:a@x']?.map(({ operation }) => operation)).toEqual([
      ...['syncLead', 'syncLead', 'syncLead', 'requestCampaign', 'requestCampaign'],
    ]);
    expect(witness.entries[0]).toMatchObject({
      seq: 1,
      operation: 'syncLead',
      keys: ['EMAIL:a@x'],
      executedAs: 1,
      replied: true,
    });
  });
});

describe('the control endpoints', () => {
  const base = (simulator: Simulator) => `http://127.0.0.1:${simulator.port}/_simulator`;

  test('show, script, limit, reset', async () => {
    const simulator = await start();
    await post(`${base(simulator)}/script`, JSON.stringify([{ do: { kind: 'fault', code: 20011 } }]));
    expect(codeOf(await syncLead(simulator))).toBe(20011);
    await post(`${base(simulator)}/limits`, JSON.stringify({ dailyQuota: 1 }));
    expect(codeOf(await syncLead(simulator))).toBe(20015);
    const witness = JSON.parse((await post(`${base(simulator)}/witness`, '', 'GET')).body);
    expect(witness).toEqual(JSON.parse(JSON.stringify(simulator.witness())));
    expect(JSON.parse((await post(base(simulator), '', 'GET')).body)).toMatchObject({
      arrived: 2,
      executed: 0,
    });
    await post(`${base(simulator)}/reset`, '');
    expect(simulator.witness()).toMatchObject({ arrived: 0, quota: { spent: 0 } });
  });

  test.each([
    ['script', '[{"do":{"kind":"explode"}}]'],
    ['script', 'no JSON'],
    ['limits', '{"dailyQuota":"many"}'],
    ['limits', '{"speed":1}'],
  ])('refuse a bad %s: %s', async (path, body) => {
    const simulator = await start();
    expect((await post(`${base(simulator)}/${path}`, body)).status).toBe(400);
  });
});

describe('a data directory', () => {
  const directories: string[] = [];
  const children: ChildProcess[] = [];
  const fresh = () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'));
    directories.push(dataDir);
    return dataDir;
  };
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const dataDir of directories.splice(0)) rmSync(dataDir, { recursive: true });
  });

  /** A simulator in a process of its own. */
  async function startChild(dataDir: string): Promise<{ child: ChildProcess; soapUrl: string }> {
    const module = new URL('../../simulator/simulator.ts', import.meta.url).href;
    const program = `import { startSimulator } from '${module}';
      console.log((await startSimulator({ dataDir: ${JSON.stringify(dataDir)} })).soapUrl);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = await once(child.stdout, 'data');
    return { child, soapUrl: String(line).trim() };
  }

  test('keeps instance and books over a SIGKILL', async () => {
    const dataDir = fresh();
    const { child, soapUrl } = await startChild(dataDir);
    const id =
      textOf(await call({ soapUrl }, 'syncLead', lead('a@x', attribute('City', 'Oslo'))), 'leadId') ?? '';
    await call({ soapUrl }, 'syncLead', lead('a@x', attribute('pants', 'blue')));
    const campaign = `<source>MKTOWS</source><campaignId>1001</campaignId><leadList>${leadKey('IDNUM', id)}</leadList>`;
    await call({ soapUrl }, 'requestCampaign', campaign);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const simulator = await start({ dataDir });
    expect(textOf(await call(simulator, 'getLead', leadKey('EMAIL', 'a@x')), 'attrValue')).toBe('Oslo');
    const witness = simulator.witness();
    expect(witness).toMatchObject({ arrived: 4, executed: 3, replied: 4, quota: { spent: 4 } });
    expect(witness.entries.map(({ outcome }) => outcome)).toEqual([
      'executed',
      'rejected:20105',
      'executed',
      'executed',
    ]);
    expect(witness.campaignSends[`IDNUM:${id}`]).toHaveLength(1);
    expect(textOf(await call(simulator, 'syncLead', lead('b@x')), 'leadId')).toBe(String(Number(id) + 1));
  });

  test('is as it was: the same calls leave the same instance and witness', async () => {
    const dataDir = fresh();
    const first = await startSimulator({ dataDir });
    for (const email of ['a@x', 'b@x', 'a@x'])
      await call(first, 'syncLead', lead(email, attribute('City', email)));
    await call(first, 'listMObjects', '');
    const [instance, witness] = [first.instance(), { ...first.witness(), maxConcurrency: 0 }];
    await first.close();
    const second = await start({ dataDir });
    expect(second.instance()).toEqual(instance);
    expect({ ...second.witness(), maxConcurrency: 0 }).toEqual(witness);
  });

  test('keeps the rate of the last seconds over a restart', async () => {
    const dataDir = fresh();
    const options = { dataDir, limits: { ratePerWindow: 1 } };
    const first = await startSimulator(options);
    await syncLead(first);
    await first.close();
    expect(codeOf(await syncLead(await start(options)))).toBe(20023);
    expect(codeOf(await syncLead(await start({ ...options, dataDir: fresh() })))).toBeNull();
  });

  test('is empty after a reset, also for the next run', async () => {
    const dataDir = fresh();
    const first = await startSimulator({ dataDir });
    await syncLead(first);
    first.reset();
    await first.close();
    expect((await start({ dataDir })).witness().arrived).toBe(0);
  });
});
