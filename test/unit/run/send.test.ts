import { describe, expect, test } from 'vitest';
import type { AccountSignal, Budget } from '../../../shared/budget/port.ts';
import type { Fault } from '../../../shared/marketo/faults/fault.ts';
import type { Read, Target, Transport } from '../../../shared/marketo/transport.ts';
import { call as callMarketo, seatFor } from '../../../shared/run/call.ts';
import type { Found } from '../../../shared/run/outcome.ts';
import type { OwnRow } from '../../../shared/run/own-row.ts';
import type { Refusal } from '../../../shared/run/ports.ts';
import { jobRow } from '../../support/rows.ts';
import { createWorld, requestCampaignJob, syncLeadJob, working } from '../../support/work-world.ts';

const REQUEST: Target = {
  url: 'http://127.0.0.1/rest',
  timeoutMs: 1_000,
  serverDoneMs: 60_000,
  spends: true,
  changes: true,
  announces: false,
};
const answer: Read<string> = { kind: 'answered', value: 'well' };
const broken: Fault = { kind: 'marketo', code: 10001, message: 'broken', httpStatus: 500 };

interface Step {
  readonly target?: Partial<Target>;
  readonly read?: Read<string>;
}

/** A worker whose calls take these requests, one after the other; it notes what the budget and the ledger are told. */
function stage(...steps: readonly Step[]) {
  const world = createWorld();
  const asked: number[] = [];
  const reported: { readonly leaseId: string; readonly signal: AccountSignal['kind'] }[] = [];
  const intents: number[] = [];
  const { budget } = world.ports;
  const noting: Budget = {
    ...budget,
    ask: (want) => {
      asked.push(want.leaseMs);
      return budget.ask(want);
    },
    report: (report) => {
      reported.push({ leaseId: report.leaseId, signal: report.signal.kind });
      return budget.report(report);
    },
  };
  const transport: Transport<Refusal> = {
    ...world.ports.transport,
    run: async (_call, send) => {
      let at = 0;
      for (;;) {
        const { target, read = answer } = steps[at] ?? {};
        at += 1;
        const sent = await send({ ...REQUEST, ...target }, async (post) => {
          const plan = { unsent: false, silent: false, fault: null };
          await post({ method: 'POST', headers: {}, body: JSON.stringify(plan), secrets: [] });
          return read;
        });
        if (sent.kind === 'refused') return sent;
        if (at < steps.length) continue;
        if (sent.kind === 'fault') return sent;
        const record = { ok: true, code: null, message: '', result: null };
        return { ...sent, result: sent.value, records: [record], inOrder: true };
      }
    },
  };
  const call = async (job = requestCampaignJob('c')): Promise<Found> => {
    const row: OwnRow = {
      owner: 'run.test',
      copy: () => ({ id: job.id, value: jobRow(), version: 1, token: '' }),
      change: async (next) => {
        intents.push(reported.length);
        return { id: job.id, value: next(jobRow()) ?? jobRow(), version: 2, token: '' };
      },
    };
    const ports = { ...world.ports, budget: noting, transport };
    const seat = seatFor(job, working(world.invocation(), ports));
    const outcome = await callMarketo({ job, row }, seat, ports);
    if (outcome.kind === 'lost') throw new Error('the claim was lost');
    return outcome;
  };
  return { call, asked, reported, intents };
}

describe('each request of a call', () => {
  test('takes a permit of its own and reports what its own answer said', async () => {
    const { call, asked, reported } = stage({ read: { kind: 'fault', fault: broken } }, {});
    await call();
    expect(asked).toHaveLength(2);
    expect(reported.map(({ signal }) => signal)).toEqual(['upstream-failure', 'fine']);
    expect(new Set(reported.map(({ leaseId }) => leaseId)).size).toBe(2);
  });

  test('that was asked with outdated credentials says nothing of the account', async () => {
    const refused: Fault = { ...broken, code: 20014 };
    const { call, reported } = stage({ read: { kind: 'fault', fault: refused, outdated: true } }, {});
    await call();
    expect(reported.map(({ signal }) => signal)).toEqual(['neutral', 'fine']);
  });

  test('asks for neither permit nor slot if Marketo does not count it, and its answer proves nothing', async () => {
    const { call, asked, reported } = stage({ target: { spends: false } }, {});
    await call();
    expect(asked).toHaveLength(1);
    expect(reported[0]).toEqual({ leaseId: '', signal: 'neutral' });
  });

  test('writes an intent if it announces, and only then', async () => {
    const { call, intents } = stage({}, { target: { announces: true } });
    await call();
    expect(intents).toEqual([1]);
  });

  test('writes none where its sender says that a repeat is harmless', async () => {
    const { call, intents } = stage({ target: { announces: true } });
    await call({ ...requestCampaignJob('c'), onInDoubt: 'retry' });
    expect(intents).toEqual([]);
  });
});

describe('a fault that may have run', () => {
  const lost: Step = { read: { kind: 'fault', fault: broken } };

  test('puts an unsafe job in doubt only if something was announced', async () => {
    const lookUp = await stage(lost).call();
    expect(lookUp).toMatchObject({ ended: { class: 'transient' } });
    const write = await stage({}, { ...lost, target: { announces: true } }).call();
    expect(write).toMatchObject({ ended: { class: 'in-doubt' } });
  });
});

describe('a call', () => {
  test('has one id, which its attempts carry', async () => {
    const first = await stage({}).call(syncLeadJob('a'));
    expect(first.attempts.map(({ callId }) => callId)).toEqual([expect.stringMatching(/^id\d+$/)]);
  });
});
