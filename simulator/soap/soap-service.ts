import type { ServerResponse } from 'node:http';
import { type Answer, deliver } from '../answer.ts';
import { Refusal } from '../instance/refusal.ts';
import type { BrokenLimit } from '../limits.ts';
import { perform, type Service } from '../perform.ts';
import type { Entry } from '../witness.ts';
import { Forgotten, type World } from '../world.ts';
import { type Credentials, checkAuthentication } from './auth.ts';
import { parseEnvelope, type SoapRequest } from './envelope.ts';
import { soapArrival, soapExecution } from './execution.ts';
import { faultOf, ServiceFault } from './fault.ts';
import { operations } from './operations/registry.ts';
import { faulty, scriptedAnswer, success } from './soap-answer.ts';

export interface SoapSettings {
  readonly credentials: Credentials;
  readonly signatureWindowMs: number;
}

/** A request that is no envelope of mktows: nobody knows what it asks. */
const UNKNOWN = { operation: '', keys: [], fingerprint: '' };

const LIMIT_CODES: Readonly<Record<BrokenLimit, number>> = { quota: 20015, rate: 20023, concurrency: 20024 };

/** One request: limits, signature and operation are checked, and the arrival booked, in one turn; then it runs. */
export async function serveSoap(
  service: Service,
  settings: SoapSettings,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { world } = service;
  const at = service.clock();
  const admission = world.gate.arrive(at);
  try {
    const request = readRequest(body);
    const asked = request instanceof ServiceFault ? null : request;
    const broken = admission.rejected === null ? null : new ServiceFault(LIMIT_CODES[admission.rejected]);
    const refusal = broken ?? (request instanceof ServiceFault ? request : refusalOf(settings, request, at));
    const arrival = asked === null ? UNKNOWN : soapArrival(asked);
    const entry = world.arrive(arrival, at, isCharged(refusal, world));
    const answer =
      refusal !== null || asked === null
        ? refuse(world, entry, refusal ?? new ServiceFault(20012))
        : await performCall(service, asked, entry, body);
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

function refusalOf(settings: SoapSettings, request: SoapRequest, at: number): ServiceFault | null {
  const unauthenticated = checkAuthentication(
    request.authentication,
    settings.credentials,
    at,
    settings.signatureWindowMs,
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

function performCall(service: Service, request: SoapRequest, entry: Entry, body: Buffer): Promise<Answer> {
  const { operation } = request;
  return perform(service, {
    entry,
    cue: service.script.cueFor(operation, body.toString()),
    run: () => execute(service, request, entry),
    replaced: (action) => scriptedAnswer(action, operation),
  });
}

function execute({ world, clock }: Service, request: SoapRequest, entry: Entry): Answer {
  try {
    return success(request.operation, world.execute(entry, soapExecution(request), clock()));
  } catch (error) {
    return refuse(world, entry, faultIn(error));
  }
}

/** What an operation threw as a fault of the service; anything else is a bug. */
function faultIn(error: unknown): ServiceFault {
  if (error instanceof ServiceFault) return error;
  if (error instanceof Refusal) return faultOf(error);
  if (error instanceof Forgotten) return new ServiceFault(10001, error.message);
  throw error;
}
