import { describe, expect, test } from 'vitest';
import { createJobTraces, type Subsegment } from '../../../functions/job-traces.ts';
import { runBatch } from '../../../shared/run/batch.ts';
import { createWorld, deliveryOf, networkFault, syncLeadJob } from '../../support/work-world.ts';

interface Drawn {
  readonly name: string;
  readonly annotations: Record<string, string | number>;
  readonly parts: Drawn[];
  remote: boolean;
  fault: boolean;
  from: number | null;
  closed: number;
}

const draw = (name: string): Drawn => ({
  name,
  annotations: {},
  parts: [],
  remote: false,
  fault: false,
  from: null,
  closed: 0,
});

/** A subsegment that keeps what it is told. */
const subsegment = (drawn: Drawn): Subsegment => ({
  addNewSubsegment: (name) => {
    const part = draw(name);
    drawn.parts.push(part);
    return subsegment(part);
  },
  set start_time(seconds: number) {
    drawn.from = seconds;
  },
  addAnnotation: (name, value) => {
    drawn.annotations[name] = value;
  },
  addAttribute: () => {
    drawn.remote = true;
  },
  addFaultFlag: () => {
    drawn.fault = true;
  },
  close: () => {
    drawn.closed += 1;
  },
});

const HEADER = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

function traced() {
  const invocation = draw('invocation');
  const segment = subsegment(invocation);
  const traces = createJobTraces(
    () => segment,
    () => 2_500,
  );
  traces.begin();
  return { traces, jobs: invocation.parts };
}

describe('the trace of an invocation', () => {
  test('has the run of each job, found by its id and by the trace that it was sent in', async () => {
    const { traces, jobs } = traced();
    const world = createWorld();
    const job = syncLeadJob('crm-4711');
    await runBatch([deliveryOf(job, { traceHeader: HEADER })], world.invocation(), {
      ...world.ports,
      trace: traces.trace,
    });
    expect(jobs).toMatchObject([
      {
        name: 'job',
        annotations: { jobId: 'crm-4711', senderTraceId: '1-5759e988-bd862e3fe1be46a994272793' },
        from: 2.5,
        closed: 1,
        parts: [
          { name: 'wait', closed: 1 },
          { name: 'Marketo', remote: true, fault: false, annotations: { jobsOfCall: 1 }, closed: 1 },
        ],
      },
    ]);
  });

  test('marks a request that was never answered', async () => {
    const { traces, jobs } = traced();
    const world = createWorld({ answer: () => networkFault(true) });
    const ports = { ...world.ports, trace: traces.trace };
    await runBatch([deliveryOf(syncLeadJob('a'))], world.invocation(), ports);
    expect(jobs).toMatchObject([{ parts: [{ name: 'wait' }, { name: 'Marketo', fault: true, closed: 1 }] }]);
  });

  test('has nothing of a delivery whose job is not taken, and ends with the invocation what is open', () => {
    const { traces, jobs } = traced();
    traces.trace('received', 'held');
    traces.trace('received', 'lost');
    traces.trace('claimed', 'lost');
    traces.end();
    expect(jobs).toMatchObject([{ annotations: { jobId: 'lost' }, closed: 1, parts: [{ closed: 1 }] }]);
    expect(jobs[0]?.annotations).not.toHaveProperty('senderTraceId');
    traces.trace('received', 'after');
    traces.trace('claimed', 'after');
    expect(jobs).toHaveLength(1);
  });
});
