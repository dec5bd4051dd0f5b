import { describe, expect, test } from 'vitest';
import {
  ConfigurationError,
  type Environment,
  type MarketoSettings,
} from '../../shared/config/environment.ts';
import { MINUTE_MS } from '../../shared/kernel/clock.ts';
import { silentLog } from '../../shared/kernel/log.ts';
import type { Send } from '../../shared/marketo/transport.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { CREDENTIALS_MAX_AGE_MS, checkCredentials } from '../../shared/run/credentials.ts';
import type { Refusal } from '../../shared/run/ports.ts';
import { type BuildTransport, createRenewedTransport } from '../../shared/run/renewed-transport.ts';
import { tend } from '../../shared/tend/tend.ts';
import { emptyExchange } from '../support/direct-send.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
} from '../support/work-world.ts';

const secretWith = (key: string): Environment => ({
  MARKETO_SOAP_ENDPOINT: 'https://example.com/soap/mktows/3_1',
  MARKETO_USER_ID: 'user',
  MARKETO_ENCRYPTION_KEY: key,
});

/**
 * Two processes of one account: a worker that stays warm, and the warden. Marketo takes one key, the secret holds one,
 * and each may change at any time.
 */
async function deployed(given: { readonly secret: Environment | Error; readonly accepts?: string }) {
  let secret = given.secret;
  let accepts = given.accepts ?? 'first';
  let signedWith = '';
  const world = createWorld({ answer: () => (signedWith === accepts ? ok() : marketoFault(20014)) });
  const build: BuildTransport = async (_settings, current) => {
    const signing =
      (send: Send<Refusal>): Send<Refusal> =>
      (target, perform) =>
        send(target, (post) => {
          signedWith = keyOf(current());
          return perform(post);
        });
    const { transport } = world.ports;
    return {
      ...transport,
      run: (call, send) => transport.run(call, signing(send)),
      probe: (send) => transport.probe(signing(send)),
    };
  };
  const read = async () => {
    if (secret instanceof Error) throw secret;
    return secret;
  };
  const { clock, log } = world.ports;
  const process = async () => {
    const { transport, credentials } = await createRenewedTransport({ read, build, clock, log });
    return { credentials, ports: { ...world.ports, transport } };
  };
  const worker = await process();
  const warden = await process();
  const eventSource = { enabled: async () => true, enable: async () => {}, disable: async () => {} };
  return {
    world,
    worker,
    put: (value: Environment | Error) => {
      secret = value;
    },
    rotate: (key: string) => {
      accepts = key;
    },
    work: async (...jobs: readonly ReturnType<typeof syncLeadJob>[]) => {
      await checkCredentials(worker.credentials, CREDENTIALS_MAX_AGE_MS, worker.ports);
      return runBatch(
        jobs.map((job) => deliveryOf(job)),
        world.invocation(),
        worker.ports,
      );
    },
    minute: async () => {
      world.advance(MINUTE_MS);
      const { credentials, ports } = warden;
      return tend(world.invocation(), { ...ports, credentials, eventSource, limits: world.limits });
    },
    held: async () => {
      const state = await world.ports.budget.state();
      return state.holds.credentials?.message ?? null;
    },
    stateOf: (id: string) => world.ledger.row(id)?.state.kind,
  };
}

const keyOf = (settings: MarketoSettings): string =>
  settings.transport === 'soap' ? settings.encryptionKey : settings.clientSecret;

describe('a secret', () => {
  test('with the right key in it lets jobs run', async () => {
    const { work, stateOf, held } = await deployed({ secret: secretWith('first') });
    expect(await work(syncLeadJob('a'))).toEqual({ failed: [] });
    expect(stateOf('a')).toBe('completed');
    expect(await held()).toBeNull();
  });

  test.each([
    ['that was never filled', new ConfigurationError('the secret has no value'), 'the secret has no value'],
    ['that lacks the user', { ...secretWith('first'), MARKETO_USER_ID: '' }, 'MARKETO_USER_ID is not set'],
    ['that cannot be read', new Error('down'), 'the secret could not be read'],
  ])(
    '%s holds the account in words, dead-letters nothing and sends nothing',
    async (_name, secret, words) => {
      const { work, minute, stateOf, held, world } = await deployed({ secret });
      const { failed } = await work(syncLeadJob('a'), requestCampaignJob('b'));
      expect(failed).toHaveLength(2);
      expect(await held()).toContain(words);
      await minute();
      expect([stateOf('a'), stateOf('b')]).toEqual([undefined, undefined]);
      expect(world.sends).toHaveLength(0);
      expect(world.deadLetters.sent.size).toBe(0);
    },
  );

  test('that is filled lets the account go on within a minute', async () => {
    const { work, minute, put, stateOf, held } = await deployed({ secret: new ConfigurationError('empty') });
    await work(syncLeadJob('a'));
    put(secretWith('first'));
    await minute();
    expect(await held()).toBeNull();
    expect(await work(syncLeadJob('a'))).toEqual({ failed: [] });
    expect(stateOf('a')).toBe('completed');
  });

  test('a warm worker with the key of before a rotation reads it again and loses no job over it', async () => {
    const { work, put, rotate, stateOf, held, world } = await deployed({ secret: secretWith('first') });
    await work(syncLeadJob('a'));
    put(secretWith('second'));
    rotate('second');
    expect(await work(syncLeadJob('b'), requestCampaignJob('c'))).toEqual({ failed: [] });
    expect([stateOf('b'), stateOf('c')]).toEqual(['completed', 'completed']);
    expect(await held()).toBeNull();
    expect(world.deadLetters.sent.size).toBe(0);
  });

  test('a key that Marketo refuses and that is the newest holds the account and costs one job', async () => {
    const { work, rotate, stateOf, held, world } = await deployed({ secret: secretWith('first') });
    rotate('second');
    await work(syncLeadJob('a'));
    expect(await held()).toContain('20014');
    expect(stateOf('a')).toBe('dead-lettered');
    expect(world.deadLetters.sent.size).toBe(1);
  });

  test('a rotated key lifts the hold of the old one within a minute, and the warm worker goes on with it', async () => {
    const { work, minute, put, rotate, stateOf, held, world } = await deployed({
      secret: secretWith('first'),
    });
    rotate('second');
    await work(syncLeadJob('a'));
    await minute();
    expect(await held()).not.toBeNull();
    put(secretWith('second'));
    await minute();
    expect(await held()).toBeNull();
    // One probe with the old key and one with the new: none is wasted on a key that was replaced before it.
    expect(world.calls.filter(({ operation }) => operation === 'listMObjects')).toHaveLength(2);
    await work(syncLeadJob('b'));
    expect(stateOf('b')).toBe('completed');
    expect(world.deadLetters.sent.size).toBe(1);
  });

  test('that cannot be read for a while goes on being used', async () => {
    const { work, put, stateOf, held, world } = await deployed({ secret: secretWith('first') });
    put(new Error('down'));
    world.advance(CREDENTIALS_MAX_AGE_MS);
    await work(syncLeadJob('a'));
    expect(stateOf('a')).toBe('completed');
    expect(await held()).toBeNull();
  });

  test('that was emptied under a warm worker defers the job whose call is refused', async () => {
    const { work, put, rotate, stateOf, world } = await deployed({ secret: secretWith('first') });
    put(new ConfigurationError('the secret has no value'));
    rotate('second');
    await work(requestCampaignJob('a'));
    expect(stateOf('a')).toBe('queued');
    expect(world.deadLetters.sent.size).toBe(0);
  });

  test('that is found empty in the middle of a batch lets a job that was already let in wait, too', async () => {
    const { world, worker, put } = await deployed({ secret: secretWith('first') });
    put(new ConfigurationError('the secret has no value'));
    await worker.credentials.renew(0);
    await runBatch([deliveryOf(syncLeadJob('a'))], world.invocation(), worker.ports);
    expect(world.ledger.row('a')?.state.kind).toBe('queued');
    expect(world.sends).toHaveLength(0);
  });

  test('that is missing while the budget cannot be read fails no batch', async () => {
    const { world, worker } = await deployed({ secret: new ConfigurationError('empty') });
    const budget = { ...world.ports.budget, state: () => Promise.reject(new Error('down')) };
    const found = await checkCredentials(worker.credentials, 0, { ...worker.ports, budget });
    expect(found.kind).toBe('missing');
  });
});

describe('a call whose credentials were rotated under it', () => {
  const target = {
    url: 'http://127.0.0.1/',
    timeoutMs: 1,
    serverDoneMs: 180_000,
    changes: true,
    spends: true,
    announces: false,
  };
  const post = async () => ({ status: 200, headers: {}, body: '' });
  const send: Send<Refusal> = async (_target, perform) => ({
    ...(await perform(post)),
    exchange: emptyExchange,
  });

  /** How many requests are sent by a call that takes so many, of which the first key has the last refused. */
  async function requestsOf(each: number): Promise<number> {
    let key = 'first';
    let sent = 0;
    const { transport } = await createRenewedTransport({
      read: async () => secretWith(key),
      build: async (_settings, current) => ({
        run: async (_call, through) => {
          for (let at = 1; ; at += 1) {
            const fault = { kind: 'marketo', code: 20014, message: 'no', httpStatus: 500 } as const;
            const answered = await through(target, async () => {
              sent += 1;
              const refused = at === each && keyOf(current()) === 'first';
              return refused ? { kind: 'fault', fault } : { kind: 'answered', value: null };
            });
            if (at < each) continue;
            if (answered.kind !== 'answered') return answered;
            const record = { ok: true, code: null, message: '', result: null };
            return { ...answered, result: null, records: [record], inOrder: true };
          }
        },
        probe: () => Promise.reject(new Error('not probed')),
        correctClock: () => {},
      }),
      clock: () => 0,
      log: silentLog,
    });
    key = 'second';
    await transport.run({ operation: 'listMObjects', params: {}, workspace: null }, send);
    return sent;
  }

  test('repeats the refused request alone', async () => {
    expect(await requestsOf(1)).toBe(2);
    expect(await requestsOf(2)).toBe(3);
  });
});
