import type { Step, Trace, TracedRequest } from '../shared/run/trace.ts';

/** The part of X-Ray's segments that is used here. */
export interface Segment {
  addNewSubsegment(name: string): Subsegment;
}

export interface Subsegment extends Segment {
  /** Epoch seconds. */
  start_time: number;
  addAnnotation(name: string, value: string | number): void;
  addAttribute(name: 'namespace', value: 'remote'): void;
  addFaultFlag(): void;
  close(): void;
}

export interface JobTraces {
  readonly trace: Trace;
  /** An invocation begins. */
  begin(): void;
  /** It ends, and with it what has no end of its own: a run that lost its job, say. */
  end(): void;
}

/**
 * The runs of jobs in the trace of their invocation: a subsegment `job` from delivery to settling, in it `wait`, for others to share
 * the call and for leave to make it, and `Marketo`, a request. A delivery whose job was not taken leaves nothing. Ids and numbers are
 * all that a trace is told. `invocation` answers the segment of the present one; undefined where there is none.
 */
export function createJobTraces(invocation: () => Segment | undefined, clock: () => number): JobTraces {
  const runs = new Map<string, Run>();
  let segment: Segment | undefined;
  return {
    trace: (step, jobId, request, sender) => {
      if (segment === undefined) return;
      if (step === 'received') {
        runs.get(jobId)?.leave();
        runs.set(jobId, new Run(segment, { jobId, sender, receivedAt: clock() }));
      }
      runs.get(jobId)?.follow(step, request);
      if (step === 'settled') runs.delete(jobId);
    },
    begin: () => {
      segment = invocation();
    },
    end: () => {
      for (const run of runs.values()) run.leave();
      runs.clear();
      segment = undefined;
    },
  };
}

interface Received {
  readonly jobId: string;
  /** The header of its sender's trace, where the message has one. */
  readonly sender: string | undefined;
  readonly receivedAt: number;
}

/** What is open of one run of a job. */
class Run {
  readonly #segment: Segment;
  readonly #received: Received;
  #job: Subsegment | null = null;
  #wait: Subsegment | null = null;
  #request: Subsegment | null = null;

  constructor(segment: Segment, received: Received) {
    this.#segment = segment;
    this.#received = received;
  }

  follow(step: Step, request: TracedRequest | undefined): void {
    switch (step) {
      case 'claimed':
        this.#job = this.#begin();
        this.#wait = this.#job.addNewSubsegment('wait');
        return;
      case 'admitted':
        this.#endWait();
        return;
      case 'sent':
        this.#send(request?.jobs ?? 1);
        return;
      case 'replied':
        this.#request?.close();
        this.#request = null;
        return;
      case 'recorded':
        this.#endWait();
        this.#giveUpRequest();
        return;
      case 'settled':
        this.leave();
        return;
      default:
        return;
    }
  }

  leave(): void {
    this.#endWait();
    this.#giveUpRequest();
    this.#job?.close();
    this.#job = null;
  }

  #begin(): Subsegment {
    const { jobId, sender, receivedAt } = this.#received;
    const job = this.#segment.addNewSubsegment('job');
    job.start_time = receivedAt / 1_000;
    job.addAnnotation('jobId', jobId);
    const senderTraceId = ROOT.exec(sender ?? '')?.[1];
    if (senderTraceId !== undefined) job.addAnnotation('senderTraceId', senderTraceId);
    return job;
  }

  #send(jobs: number): void {
    this.#giveUpRequest();
    this.#request = this.#job?.addNewSubsegment('Marketo') ?? null;
    this.#request?.addAttribute('namespace', 'remote');
    this.#request?.addAnnotation('jobsOfCall', jobs);
  }

  #endWait(): void {
    this.#wait?.close();
    this.#wait = null;
  }

  /** Its answer never came. */
  #giveUpRequest(): void {
    this.#request?.addFaultFlag();
    this.#request?.close();
    this.#request = null;
  }
}

/** `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=1`, as X-Ray writes it. */
const ROOT = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/;
