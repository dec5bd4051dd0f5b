import { describe, expect, test } from 'vitest';
import type { BodyRef } from '../../shared/job/bodies.ts';
import type { Job } from '../../shared/job/job.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import type { Call } from '../../shared/marketo/transport.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { createKeyTurns } from '../../shared/run/key-turns.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { createTurns } from '../../shared/run/turns.ts';
import { emailsIn, packedMarketo, type Trouble } from '../support/packed-marketo.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  networkFault,
  ok,
  syncLeadJob,
  type World,
  type WorldOptions,
} from '../support/work-world.ts';

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, nth) => `j${nth}`);
const addressOf = (name: string): string => `${name}@example.com`;

const worldWith = (
  troubles: Readonly<Record<string, Trouble>> = {},
  options: Omit<WorldOptions, 'bounds'> = {},
): World => createWorld({ bounds: SOAP_BOUNDS, answer: packedMarketo(troubles), ...options });

const trouble = (name: string, of: Trouble): Readonly<Record<string, Trouble>> => ({ [addressOf(name)]: of });

/** All in one event; answers the names of those that must come back. */
async function work(
  world: World,
  jobs: readonly Job[],
  over: Partial<RunPorts> = {},
): Promise<readonly string[]> {
  const deliveries = jobs.map((job) => deliveryOf(job));
  const { failed } = await runBatch(deliveries, world.invocation(), { ...world.ports, ...over });
  return jobs.filter((_, at) => failed.includes(deliveries[at]?.messageId ?? '')).map(({ id }) => id);
}

const jobsOf = (count: number): readonly Job[] => names(count).map((name) => syncLeadJob(name));

const sizes = (calls: readonly Call[]): readonly number[] => calls.map((call) => emailsIn(call).length);

const endOf = (world: World, id: string): string => {
  const row = world.ledger.row(id);
  return `${row?.state.kind}, ${row?.counted} of ${row?.attempts.length} attempts`;
};

const rowOf = (world: World, id: string) => world.ledger.row(id);

const withField = (name: string, attrName: string): Job =>
  syncLeadJob(name, undefined, {
    params: {
      leadRecord: {
        Email: addressOf(name),
        leadAttributeList: { attribute: [{ attrName, attrValue: 'Ann' }] },
      },
      returnLead: false,
    },
  });

/** As SOAP says it of the whole call, if anybody in it has the field. */
const refusing = (field: string) => (call: Call) =>
  JSON.stringify(call.params).includes(`"attrName":"${field}"`)
    ? marketoFault(20105, `syncMultipleLeads operation failed: unknown fields for import: ${field} (20105)`)
    : packedMarketo()(call);

describe('jobs that may share a call', () => {
  test('share one, with one permit, and each has its own result and its attempt in it', async () => {
    const world = worldWith();
    const reported: (readonly string[])[] = [];
    const budget: RunPorts['budget'] = {
      ...world.ports.budget,
      report: (report) => {
        reported.push(report.jobIds);
        return world.ports.budget.report(report);
      },
    };
    expect(await work(world, jobsOf(10), { budget })).toEqual([]);
    expect(sizes(world.sends)).toEqual([10]);
    expect((await world.ports.budget.state()).spent).toBe(1);
    expect(reported).toEqual([names(10)]);
    const attempts = names(10).map((name) => rowOf(world, name)?.attempts ?? []);
    expect(new Set(attempts.map((own) => own[0]?.callId)).size).toBe(1);
    expect(attempts.every((own) => own.length === 1 && own[0]?.shared === 10)).toBe(true);
    expect(rowOf(world, 'j3')?.state).toMatchObject({
      kind: 'completed',
      result: {
        text: JSON.stringify({
          result: { leadId: 4, syncStatus: { leadId: 4, status: 'UPDATED', error: null } },
        }),
      },
    });
  });

  test('do not wait for one that is not called, however long its letter takes', async () => {
    const world = worldWith();
    const startedAt = world.now();
    const late: Job = { ...syncLeadJob('late'), expiresAt: new Date(startedAt - 1).toISOString() };
    const archive: RunPorts['archive'] = {
      ...world.ports.archive,
      change: async (...given) => {
        await world.ports.sleep(5_000);
        return world.ports.archive.change(...given);
      },
    };
    expect(await work(world, [...jobsOf(9), late], { archive })).toEqual([]);
    expect(sizes(world.sends)).toEqual([9]);
    expect(rowOf(world, 'j0')?.attempts).toMatchObject([{ at: startedAt }]);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'late', class: 'expired' }]);
  });

  test('travel alone where the transport says nothing of sharing', async () => {
    const world = worldWith();
    await work(world, jobsOf(3), { transport: { ...world.ports.transport, bounds: undefined } });
    expect(sizes(world.sends)).toEqual([1, 1, 1]);
    expect(rowOf(world, 'j0')?.attempts[0]).not.toHaveProperty('shared');
  });

  test('fill a call and leave the rest to the next', async () => {
    const world = worldWith();
    expect(await work(world, jobsOf(301))).toEqual([]);
    expect(sizes(world.sends)).toEqual([300, 1]);
  });

  test('wait for nobody where they come one by one', async () => {
    const world = worldWith();
    for (const [nth, job] of jobsOf(3).entries()) {
      const began = world.now();
      const found = await world.run(job);
      expect(found).toEqual({ kind: 'acknowledge' });
      expect(world.now() - began).toBe(0);
      expect(world.sends).toHaveLength(nth + 1);
    }
  });

  test('are not one lead: two writes of one lead travel one after the other, whatever their groups', async () => {
    const world = worldWith();
    const first = deliveryOf(syncLeadJob('a', addressOf('x')));
    const second = deliveryOf(syncLeadJob('b', addressOf('x')), { groupId: 'another' });
    await runBatch([first, second, deliveryOf(syncLeadJob('c'))], world.invocation(), world.ports);
    expect(world.sends.map(emailsIn)).toEqual([[addressOf('x'), addressOf('c')], [addressOf('x')]]);
  });

  test('do not wait for one that is held back before its call', async () => {
    const world = worldWith();
    const later = syncLeadJob('later', undefined, { notBefore: '2026-11-22T18:05:00Z' });
    expect(await work(world, [...jobsOf(2), later])).toEqual(['later']);
    expect(sizes(world.sends)).toEqual([2]);
    // Not the second for which it would wait for somebody who is on the way.
    expect(world.now() - Date.parse('2026-11-22T18:00:00Z')).toBeLessThan(1_000);
  });

  test('share with thirty at most once a worker has died over one of them', async () => {
    const world = worldWith();
    await work(world, jobsOf(40));
    for (const name of names(40)) await world.killed(name, 1);
    await work(world, jobsOf(40));
    expect(sizes(world.sends)).toEqual([40, 30, 10]);
  });
});

describe('the trace of a call', () => {
  const tracedOf = async (jobs: readonly Job[]): Promise<readonly string[]> => {
    const traced: string[] = [];
    const trace: RunPorts['trace'] = (step, jobId, request) => {
      if (request !== undefined) traced.push(`${step} ${jobId} of ${request.jobs}`);
    };
    await work(worldWith(), jobs, { trace });
    return traced;
  };

  test('tells of each job that shares it, and how many they are', async () => {
    expect((await tracedOf(jobsOf(2))).filter((line) => line.startsWith('sent'))).toEqual([
      'sent j0 of 2',
      'sent j1 of 2',
    ]);
  });

  test('tells of one job that it is alone', async () => {
    expect((await tracedOf(jobsOf(1))).filter((line) => line.startsWith('sent'))).toEqual(['sent j0 of 1']);
  });
});

/** What dies with a process. */
const reborn = () => ({ turns: createTurns(), keyTurns: createKeyTurns() });

/** A worker that dies when the call of these jobs has left. */
async function dieSending(world: World, jobs: readonly Job[]): Promise<void> {
  const died = Promise.withResolvers<void>();
  const trace: RunPorts['trace'] = (step) => {
    if (step !== 'sent') return;
    died.resolve();
    return new Promise(() => {});
  };
  void work(world, jobs, { trace, ...reborn() });
  await died.promise;
  // Past the claims, and past what Marketo may still be doing.
  world.advance(600_000);
}

describe('the death of a worker over a shared call', () => {
  test('counts against each that was in the call, and not against who waited for another', async () => {
    const world = worldWith();
    const [first, ...others] = jobsOf(5);
    const waits = first === undefined ? [] : [{ ...first, id: 'same-lead' }];
    await dieSending(world, [...(first === undefined ? [] : [first]), ...waits, ...others]);
    await work(world, [...jobsOf(5), ...waits]);
    expect(sizes(world.sends)).toEqual([5, 5, 1]);
  });

  test('is told apart in ever smaller calls: the killer is poison, and nobody else is lost', async () => {
    const world = worldWith();
    const jobs = jobsOf(70);
    const isKiller = (call: Call | undefined): boolean =>
      call !== undefined && emailsIn(call).includes(addressOf('j33'));
    let deaths = 0;
    for (let events = 0; events < 200 && world.archive.letters().length === 0; events += 1) {
      const died = Promise.withResolvers<string>();
      const trace: RunPorts['trace'] = (step) => {
        if (step !== 'sent' || !isKiller(world.sends.at(-1))) return;
        died.resolve('died');
        return new Promise(() => {});
      };
      const left = jobs.filter(({ id }) => rowOf(world, id)?.state.kind !== 'completed');
      const ended = await Promise.race([
        work(world, left, { trace, ...reborn() }).then(() => 'ended'),
        died.promise,
      ]);
      if (ended === 'died') deaths += 1;
      world.advance(600_000);
    }
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j33', class: 'poison' }]);
    expect(deaths).toBe(4);
    const completed = jobs.filter(({ id }) => rowOf(world, id)?.state.kind === 'completed');
    expect(completed).toHaveLength(69);
  });
});

describe('the fault of a whole call', () => {
  const GUILTY: Trouble = { ofCall: marketoFault(20110, 'bad input') };

  test('is asked again in halves until the guilty one stands alone; nobody else spends an attempt on it', async () => {
    const world = worldWith(trouble('j5', GUILTY));
    expect(await work(world, jobsOf(8))).toEqual([]);
    expect(sizes(world.sends).toSorted((a, b) => b - a)).toEqual([8, 4, 4, 2, 2, 1, 1]);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j5', code: 20110, message: 'bad input' }]);
    for (const name of names(8)) expect(rowOf(world, name)?.counted).toBe(1);
    expect(endOf(world, 'j0')).toBe('completed, 1 of 1 attempts');
    // Each half has asked for a permit of its own.
    expect((await world.ports.budget.state()).spent).toBe(7);
  });

  test('is each time the fault of its own: two guilty ones have two letters', async () => {
    const world = worldWith({
      ...trouble('j1', GUILTY),
      ...trouble('j6', { ofCall: marketoFault(20104, 'lead detail') }),
    });
    await work(world, jobsOf(8));
    expect(
      world.archive
        .letters()
        .map(({ letterId, code }) => [letterId, code])
        .sort(),
    ).toEqual([
      ['j1', 20110],
      ['j6', 20104],
    ]);
  });

  test('that names a field sets its carriers apart, and one of them alone is asked for all', async () => {
    const world = worldWith({}, { answer: refusing('Pants') });
    const bad = ['a', 'b', 'c'].map((name) => withField(name, 'Pants'));
    expect(await work(world, [...jobsOf(7), ...bad])).toEqual([]);
    expect(sizes(world.sends).toSorted((a, b) => b - a)).toEqual([10, 7, 1]);
    const letters = world.archive.letters();
    expect(letters.map(({ letterId, code }) => [letterId, code]).sort()).toEqual([
      ['a', 20105],
      ['b', 20105],
      ['c', 20105],
    ]);
    expect(new Set(letters.map(({ cause }) => cause)).size).toBe(1);
    for (const name of ['a', 'b', 'c']) expect(endOf(world, name)).toBe('dead-lettered, 1 of 1 attempts');
    expect(endOf(world, 'j0')).toBe('completed, 1 of 1 attempts');
  });

  test('that names a field goes on asking where the one alone does not meet it again', async () => {
    let whim = true;
    const world = worldWith(
      {},
      {
        answer: (call) => {
          const answer = whim ? refusing('Pants')(call) : packedMarketo()(call);
          whim = false;
          return answer;
        },
      },
    );
    const suspects = ['a', 'b', 'c'].map((name) => withField(name, 'Pants'));
    expect(await work(world, [...jobsOf(2), ...suspects])).toEqual([]);
    expect(sizes(world.sends).toSorted((a, b) => b - a)).toEqual([5, 2, 2, 1]);
    expect(world.archive.letters()).toEqual([]);
  });

  test('that names two fields is shared only by who has both', async () => {
    const both: Job = syncLeadJob('a', undefined, {
      params: {
        leadRecord: {
          Email: addressOf('a'),
          leadAttributeList: {
            attribute: ['Pants', 'Socks'].map((attrName) => ({ attrName, attrValue: 'x' })),
          },
        },
        returnLead: false,
      },
    });
    const fieldsOf = (call: Call): readonly string[] =>
      ['Pants', 'Socks'].filter((field) => JSON.stringify(call.params).includes(`"attrName":"${field}"`));
    const world = worldWith(
      {},
      {
        answer: (call) =>
          fieldsOf(call).length === 0
            ? packedMarketo()(call)
            : marketoFault(20105, `unknown fields for import: ${fieldsOf(call).join(', ')} (20105)`),
      },
    );
    await work(world, [both, withField('b', 'Socks'), ...jobsOf(1)]);
    expect(
      world.archive
        .letters()
        .map(({ letterId, message }) => [letterId, message])
        .sort(),
    ).toEqual([
      ['a', 'unknown fields for import: Pants, Socks (20105)'],
      ['b', 'unknown fields for import: Socks (20105)'],
    ]);
    expect(endOf(world, 'j0')).toBe('completed, 1 of 1 attempts');
  });

  test('that is said of the operation is everybody else’s as well, once one alone has met it', async () => {
    const world = worldWith({}, { answer: () => marketoFault(603, 'access denied') });
    await work(world, jobsOf(20));
    expect(sizes(world.sends)).toEqual([20, 1]);
    expect(world.archive.letters()).toHaveLength(20);
  });

  test('that is its size splits it, and only one alone is too large for good', async () => {
    const tooLarge = {
      kind: 'fault' as const,
      fault: { kind: 'gateway' as const, httpStatus: 413, retryAfterMs: null, message: 'too large' },
    };
    const world = worldWith(
      {},
      { answer: (call) => (emailsIn(call).length > 3 ? tooLarge : packedMarketo()(call)) },
    );
    expect(await work(world, jobsOf(10))).toEqual([]);
    expect(sizes(world.sends).toSorted((a, b) => b - a)).toEqual([10, 5, 5, 3, 3, 2, 2]);
    expect(world.archive.letters()).toEqual([]);
    const hopeless = worldWith({}, { answer: () => tooLarge });
    await work(hopeless, jobsOf(2));
    expect(hopeless.archive.letters()).toMatchObject([
      { class: 'invalid-request' },
      { class: 'invalid-request' },
    ]);
  });

  test.each([
    ['a fault of Marketo’s own', marketoFault(20011, 'service failure')],
    ['no answer', networkFault(true)],
  ])('that is nobody’s (%s) is each job’s own retry, and fewer share the next call', async (_, answer) => {
    const world = worldWith({}, { answer: () => answer });
    expect(await work(world, jobsOf(40))).toHaveLength(40);
    expect(sizes(world.sends)).toEqual([40]);
    for (const name of names(40)) {
      expect(rowOf(world, name)).toMatchObject({ counted: 1, company: 30, state: { kind: 'waiting' } });
    }
    world.advance(3_600_000);
    await work(world, jobsOf(40));
    expect(sizes(world.sends)).toEqual([40, 30, 10]);
    expect(rowOf(world, 'j0')).toMatchObject({ counted: 2, company: 15 });
    expect(rowOf(world, 'j39')).toMatchObject({ counted: 2, company: 5 });
  });

  test('of which not a byte was sent says nothing against anybody’s company, and spends no attempt', async () => {
    const world = worldWith({}, { answer: () => networkFault(false) });
    await work(world, jobsOf(40));
    expect(rowOf(world, 'j0')).toMatchObject({ counted: 0 });
    expect(rowOf(world, 'j0')).not.toHaveProperty('company');
  });

  test('keeps what was halved small where the halves could not be asked in time', async () => {
    const world = worldWith({}, { answer: () => marketoFault(20110, 'bad input') });
    const deliveries = jobsOf(8).map((job) => deliveryOf(job));
    const budget: RunPorts['budget'] = {
      ...world.ports.budget,
      ask: (want) =>
        world.sends.length < 3
          ? world.ports.budget.ask(want)
          : Promise.resolve({ kind: 'wait', until: world.now() + 3_600_000, because: 'rate' }),
    };
    await runBatch(deliveries, world.invocation(), { ...world.ports, budget });
    const rows = names(8).map((name) => rowOf(world, name));
    expect(rows.map((row) => [row?.counted, row?.company])).toEqual(names(8).map(() => [0, 2]));
  });

  test('closes the account over one job alone where credentials are refused, and the others wait', async () => {
    const world = worldWith({}, { answer: () => marketoFault(20014, 'refused') });
    const back = await work(world, jobsOf(5));
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j0', class: 'credentials' }]);
    expect(back).toEqual(['j1', 'j2', 'j3', 'j4']);
    expect(rowOf(world, 'j1')).toMatchObject({ counted: 0, state: { kind: 'queued' } });
  });
});

describe('an answer to several', () => {
  const failing = (words: string, alone = marketoFault(20110, words)): Trouble => ({
    ofRecord: { words, alone },
  });

  test('that says too little of one asks for it alone, and the others have theirs', async () => {
    const world = worldWith(trouble('j2', failing('odd', marketoFault(20103, 'Lead not found'))));
    await work(world, jobsOf(6));
    expect(sizes(world.sends)).toEqual([6, 1]);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j2', code: 20103 }]);
    expect(endOf(world, 'j0')).toBe('completed, 1 of 1 attempts');
  });

  test('asks for one of all that it says the same words of', async () => {
    const bad = names(20).map((name) => [addressOf(name), failing('no such status')] as const);
    const world = worldWith(Object.fromEntries(bad));
    await work(world, jobsOf(25));
    expect(sizes(world.sends)).toEqual([25, 1]);
    expect(world.archive.letters()).toHaveLength(20);
    expect(endOf(world, 'j19')).toBe('dead-lettered, 1 of 1 attempts');
  });

  test('asks for each alone where the fault of the one names the lead itself', async () => {
    const bad = names(3).map((name) => {
      const alone = marketoFault(20103, `No lead found with EMAIL = ${addressOf(name)} (20103)`);
      return [addressOf(name), failing('odd', alone)] as const;
    });
    const world = worldWith(Object.fromEntries(bad));
    await work(world, jobsOf(3));
    expect(sizes(world.sends)).toEqual([3, 1, 1, 1]);
    for (const letter of world.archive.letters()) expect(letter.message).toContain(`${letter.jobId}@`);
  });

  test('asks for a hundred alone with twenty calls at a time, not with a hundred', async () => {
    const bad = names(100).map((name) => [addressOf(name), failing(`odd ${name}`)] as const);
    const marketo = packedMarketo(Object.fromEntries(bad));
    const running = { now: 0, most: 0 };
    const world = worldWith(
      {},
      {
        limits: { concurrency: 1_000, ratePerWindow: 10_000 },
        answer: async (call) => {
          running.now += 1;
          running.most = Math.max(running.most, running.now);
          await new Promise((resolve) => setImmediate(resolve));
          running.now -= 1;
          return marketo(call);
        },
      },
    );
    await work(world, jobsOf(100));
    expect(world.archive.letters()).toHaveLength(100);
    expect(running.most).toBe(20);
  });

  test('sends the others back another time where the one alone is told nothing', async () => {
    const bad = names(3).map((name) => [addressOf(name), failing('odd', marketoFault(20011))] as const);
    const world = worldWith(Object.fromEntries(bad));
    expect(await work(world, jobsOf(5))).toEqual(['j0', 'j1', 'j2']);
    expect(sizes(world.sends)).toEqual([5, 1]);
    expect(rowOf(world, 'j0')).toMatchObject({ counted: 1 });
    expect(rowOf(world, 'j1')).toMatchObject({ counted: 0, company: 2, state: { reason: 'backoff' } });
  });

  test('that does not fit the request is not guessed at: they are asked with fewer', async () => {
    const one = { leadId: 1, status: 'UPDATED', error: null };
    const world = worldWith(
      {},
      {
        answer: (call) =>
          call.operation === 'syncLead'
            ? packedMarketo()(call)
            : ok({ result: { syncStatusList: { syncStatus: [one] } } }),
      },
    );
    expect(await work(world, jobsOf(4))).toEqual([]);
    expect(sizes(world.sends).toSorted((a, b) => b - a)).toEqual([4, 2, 2, 1, 1, 1, 1]);
    expect(endOf(world, 'j0')).toBe('completed, 1 of 1 attempts');
  });
});

describe('the exchange of a shared call', () => {
  const texts = (ref: BodyRef | null | undefined): string | null =>
    ref?.kind === 'inline' ? ref.text : null;

  test('is not kept where all went well', async () => {
    const world = worldWith();
    await work(world, jobsOf(5));
    expect(world.keptCalls.kept()).toEqual([]);
  });

  test('is kept once where it failed for everybody, under the id that every attempt names', async () => {
    const world = worldWith({}, { answer: () => marketoFault(20011) });
    await work(world, jobsOf(5));
    const { callId, at = 0 } = rowOf(world, 'j0')?.attempts[0] ?? {};
    expect(world.keptCalls.kept()).toEqual([
      {
        callId,
        operation: 'syncMultipleLeads',
        jobs: 5,
        at,
        httpStatus: 200,
        request: '<request/>',
        response: '<response/>',
        expiresAt: at + 30 * 24 * 3_600_000,
      },
    ]);
    expect(rowOf(world, 'j4')?.attempts).toMatchObject([{ callId, shared: 5 }]);
  });

  test('is not kept where not everybody in it could be found by it', async () => {
    const world = worldWith({
      ...trouble('j1', { ofCall: marketoFault(20110) }),
      ...trouble('j2', { ofRecord: { words: 'odd', alone: marketoFault(20103) } }),
    });
    await work(world, jobsOf(8));
    expect(world.archive.letters()).toHaveLength(2);
    expect(world.keptCalls.kept()).toEqual([]);
  });

  test('that cannot be kept is no reason to lose an answer', async () => {
    const world = worldWith({}, { answer: () => marketoFault(20011), faults: { calls: () => 'throw' } });
    await work(world, jobsOf(5));
    expect(rowOf(world, 'j0')).toMatchObject({ counted: 1, state: { kind: 'waiting' } });
  });

  test('is in a letter only as far as it is the job’s own, with the whole fault', async () => {
    const world = worldWith({}, { answer: refusing('Pants') });
    await work(world, [withField('a', 'Pants'), withField('b', 'Pants'), ...jobsOf(2)]);
    const letter = world.archive.letters().find(({ letterId }) => letterId === 'b');
    expect(texts(letter?.request)).toContain(addressOf('b'));
    expect(texts(letter?.request)).not.toContain(addressOf('a'));
    expect(texts(letter?.response)).toBe('<response/>');
    expect(letter?.attempts).toMatchObject([{ shared: 4, counted: true }]);
    // The one that was asked alone has the whole of its own call.
    const alone = world.archive.letters().find(({ letterId }) => letterId === 'a');
    expect(texts(alone?.request)).toBe('<request/>');
    expect(alone?.attempts[0]).not.toHaveProperty('shared');
  });
});

describe('a call that is refused for the pace of the account', () => {
  test('stays at the desk and asks again, and nobody goes back to the queue', async () => {
    let refusals = 2;
    const world = worldWith(
      {},
      {
        answer: (call) => {
          refusals -= 1;
          return refusals >= 0 ? marketoFault(refusals === 1 ? 20023 : 20024) : packedMarketo()(call);
        },
      },
    );
    expect(await work(world, jobsOf(5))).toEqual([]);
    expect(sizes(world.sends)).toEqual([5, 5, 5]);
    for (const name of names(5)) expect(endOf(world, name)).toBe('completed, 1 of 3 attempts');
  });

  test('is given up after a minute: each of its jobs is deferred, and has spent nothing', async () => {
    const world = worldWith({}, { answer: () => marketoFault(20024) });
    const before = world.now();
    expect(await work(world, jobsOf(5))).toHaveLength(5);
    expect(world.now() - before).toBeLessThanOrEqual(70_000);
    expect(world.now() - before).toBeGreaterThan(40_000);
    for (const name of names(5))
      expect(rowOf(world, name)).toMatchObject({ counted: 0, state: { kind: 'waiting' } });
    expect(rowOf(world, 'j0')?.attempts.length).toBeLessThanOrEqual(7);
  });

  test('between two halvings as well', async () => {
    let calls = 0;
    const guilty = packedMarketo(trouble('j1', { ofCall: marketoFault(20110, 'bad input') }));
    const world = worldWith(
      {},
      {
        answer: (call) => {
          calls += 1;
          return calls === 2 || calls === 4 ? marketoFault(20023) : guilty(call);
        },
      },
    );
    expect(await work(world, jobsOf(4))).toEqual([]);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1' }]);
    for (const name of names(4)) expect(rowOf(world, name)?.counted).toBe(1);
  });
});

describe('lingering', () => {
  /** So many calls were made by this time of the day, of a quota of a thousand. */
  async function worldAfter(spent: number, at: string): Promise<World> {
    const world = worldWith({}, { startAt: Date.parse(at), limits: { dailyQuota: 1_000 } });
    await world.ports.budget.change((state) => ({ ...state, spent }));
    return world;
  }
  const NOON_IN_CHICAGO = '2026-11-22T18:00:00Z';

  test('gathers jobs for a few seconds where the quota will not last', async () => {
    const world = await worldAfter(900, NOON_IN_CHICAGO);
    const before = world.now();
    await work(world, jobsOf(2));
    expect(world.now() - before).toBe(5_000);
    expect(sizes(world.sends)).toEqual([2]);
  });

  test.each<[string, number, Partial<RunPorts['settings']>]>([
    ['the quota lasts', 100, {}],
    ['the day has hardly begun to tell', 5, {}],
    ['it is switched off', 900, { lingerMs: 0 }],
  ])('holds nobody up where %s', async (_, spent, settings) => {
    const world = await worldAfter(spent, NOON_IN_CHICAGO);
    const before = world.now();
    await work(world, jobsOf(2), { settings: { ...world.ports.settings, ...settings } });
    expect(world.now()).toBe(before);
  });

  test('holds nobody up whom the deadline would then catch', async () => {
    const world = await worldAfter(900, NOON_IN_CHICAGO);
    const before = world.now();
    const invocation = { deadline: world.now() + 150_000 };
    await runBatch(
      jobsOf(2).map((job) => deliveryOf(job)),
      invocation,
      world.ports,
    );
    expect(world.now()).toBe(before);
    expect(sizes(world.sends)).toEqual([2]);
  });

  test('is left out where the budget cannot be asked', async () => {
    const world = await worldAfter(900, NOON_IN_CHICAGO);
    const before = world.now();
    const budget: RunPorts['budget'] = {
      ...world.ports.budget,
      lasts: () => Promise.reject(new Error('down')),
    };
    expect(await work(world, jobsOf(2), { budget })).toEqual([]);
    expect(world.now()).toBe(before);
  });
});

describe('a process that is asked to end', () => {
  test('hands back at once who waits for company, as if it had never been taken', async () => {
    const world = worldWith();
    const [fast, slow] = [syncLeadJob('fast'), syncLeadJob('slow')];
    const held = Promise.withResolvers<void>();
    const { ledger } = world;
    const change = (async (at, reduce) => {
      if ((typeof at === 'string' ? at : at.id) === 'slow') await held.promise;
      return ledger.change(at, reduce);
    }) as typeof ledger.change;
    const stop = new AbortController();
    // Nobody is woken by time here.
    const sleep: RunPorts['sleep'] = (ms, signal) =>
      ms < 100
        ? world.ports.sleep(ms)
        : new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    const running = runBatch(
      [deliveryOf(fast), deliveryOf(slow)],
      { ...world.invocation(), stopping: stop.signal },
      { ...world.ports, sleep, ledger: { ...ledger, change } },
    );
    await expect.poll(() => rowOf(world, 'fast')?.state.kind).toBe('running');
    stop.abort();
    await expect.poll(() => rowOf(world, 'fast')?.state.kind).toBe('queued');
    held.resolve();
    expect((await running).failed).toHaveLength(2);
    expect(rowOf(world, 'fast')).toMatchObject({ starts: 0, attempts: [] });
    expect(world.sends).toEqual([]);
  });
});

describe('our own stores', () => {
  test('that fail before a call give every claim of it back', async () => {
    const world = worldWith();
    const budget: RunPorts['budget'] = {
      ...world.ports.budget,
      ask: () => Promise.reject(new Error('down')),
    };
    expect(await work(world, jobsOf(4), { budget })).toHaveLength(4);
    expect(world.sends).toEqual([]);
    for (const name of names(4))
      expect(rowOf(world, name)).toMatchObject({ starts: 0, state: { kind: 'queued' } });
  });
});
