import type { ServerResponse } from 'node:http';
import { type Answer, deliver, faulty, pause, scriptedAnswer, success } from './answer.ts';
import { type Credentials, checkAuthentication } from './auth.ts';
import { parseEnvelope, type SoapRequest } from './envelope.ts';
import { ServiceFault } from './fault.ts';
import { operations } from './operations/registry.ts';
import type { Action, Script } from './script.ts';
import type { Entry, Outcome } from './witness.ts';
import type { World } from './world.ts';

export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface SoapService {
  readonly world: World;
  script: Script;
  readonly latency: Latency;
  readonly credentials: Credentials;
  readonly signatureWindowMs: number;
  readonly clock: () => number;
  readonly random: () => number;
}

/** One request: limits, signature and operation are checked, and the arrival booked, in one turn; then it runs. */
export async function serveSoap(service: SoapService, body: Buffer, response: ServerResponse): Promise<void> {
  const { world } = service;
  const at = service.clock();
  const admission = world.gate.arrive(at);
  try {
    const request = readRequest(body);
    const asked = request instanceof ServiceFault ? null : request;
    const refusal =
      admission.rejected ?? (request instanceof ServiceFault ? request : refusalOf(service, request, at));
    const entry = world.arrive(asked, at, isCharged(refusal, world));
    const answer =
      refusal !== null || asked === null
        ? refuse(world, entry, refusal ?? new ServiceFault(20012))
        : await perform(service, asked, entry, body);
    await deliver(answer, response, () => {
      admission.leave();
      world.replied(entry);
    });
  } finally {
    admission.leave();
  }
}

function readRequest(body: Buffer): SoapRequest | ServiceFault {
  const document = decodeUtf8(body);
  if (document === null) return new ServiceFault(20018);
  const envelope = parseEnvelope(document);
  return envelope.kind === 'request'
    ? envelope
    : new ServiceFault(20012, `Request not understood: ${envelope.why}`);
}

function decodeUtf8(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function refusalOf(service: SoapService, request: SoapRequest, at: number): ServiceFault | null {
  const unauthenticated = checkAuthentication(
    request.authentication,
    service.credentials,
    at,
    service.signatureWindowMs,
  );
  if (unauthenticated !== null) return unauthenticated;
  return operations.has(request.operation)
    ? null
    : new ServiceFault(20019, `Operation ${request.operation} is not defined`);
}

/** The limits' and the signature's rejections, which the switch `chargeRejections` is about. */
const REJECTIONS: ReadonlySet<number> = new Set([20014, 20015, 20016, 20023, 20024]);

function isCharged(refusal: ServiceFault | null, world: World): boolean {
  return refusal === null || world.gate.limits.chargeRejections || !REJECTIONS.has(refusal.code);
}

function refuse(world: World, entry: Entry, fault: ServiceFault): Answer {
  world.end(entry, `rejected:${fault.code}`);
  return faulty(fault);
}

/** Half of the latency passes before the work and half after it, so that a client can die in either. */
async function perform(
  service: SoapService,
  request: SoapRequest,
  entry: Entry,
  body: Buffer,
): Promise<Answer> {
  const { delayMs, action } = service.script.cueFor(request.operation, body.toString());
  const halfMs = latencyMs(service) / 2;
  await pause(delayMs + halfMs);
  if (preventsExecution(action)) {
    service.world.end(entry, outcomeOf(action));
    return scriptedAnswer(action, request.operation);
  }
  const answer = execute(service, request, entry);
  await pause(halfMs);
  return replace(answer, action, request.operation);
}

function latencyMs({ latency, random }: SoapService): number {
  return latency.minMs + (latency.maxMs - latency.minMs) * random();
}

function execute({ world, clock }: SoapService, request: SoapRequest, entry: Entry): Answer {
  try {
    return success(request.operation, world.execute(entry, request, clock()));
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    return refuse(world, entry, error);
  }
}

type Preventing = Exclude<Action, { kind: 'proceed' | 'drip' }>;

function preventsExecution(action: Action): action is Preventing {
  if (action.kind === 'proceed' || action.kind === 'drip') return false;
  return action.kind === 'gone' || action.when === 'before';
}

function outcomeOf(action: Preventing): Outcome {
  switch (action.kind) {
    case 'drop':
      return 'dropped-before';
    case 'stall':
      return 'stalled-before';
    case 'fault':
      return `rejected:${action.code}`;
    case 'gone':
      return 'gone';
    default:
      return 'garbled-before';
  }
}

function replace(answer: Answer, action: Action, operation: string): Answer {
  if (action.kind === 'proceed') return answer;
  if (action.kind !== 'drip') return scriptedAnswer(action, operation);
  return answer.kind === 'reply' ? { kind: 'drip', body: answer.body, everyMs: action.everyMs } : answer;
}
