import type { Clock } from '../../kernel/clock.ts';
import { shortMessage } from '../faults/fault.ts';
import { mask } from '../http/mask.ts';
import { unsentExchange } from '../http/unsent-exchange.ts';
import { isRead, isUnsafe, type OperationName, timeoutMs } from '../operations/registry.ts';
import { isAged, sendAgainIfAged } from '../send-again.ts';
import type { Call, CallOutcome, Read, Send, Sent, Transport } from '../transport.ts';
import { type EnvelopeValues, envelopeValues } from './envelope-values.ts';
import { createEnvelopeWriter } from './envelope-writer.ts';
import { recordOutcomes } from './outcomes.ts';
import { SOAP_BOUNDS } from './packing-bounds.ts';
import { readReply } from './read-reply.ts';
import { sign } from './signature.ts';
import { marketoWsdl } from './wsdl.ts';
import { xmlEscape } from './xml-escape.ts';

interface SoapPorts {
  /** `https://X.mktoapi.com/soap/mktows/3_1` */
  readonly endpoint: string;
  /** Asked for each signature: they may be rotated while the process lives. */
  readonly credentials: () => { readonly userId: string; readonly encryptionKey: string };
  readonly clock: Clock;
  /** Total deadline of every call; null or absent: each operation's own. */
  readonly timeoutMs?: number | null;
}

/** Runs the 23 operations over mktows 3_1. One instance per process; concurrent calls share nothing but the clock's offset. */
export function createSoapTransport<Refusal>(ports: SoapPorts): Transport<Refusal> {
  const writerFor = writers(ports.endpoint);
  let offsetMs = 0;

  const run = async (call: Call, send: Send<Refusal>): Promise<CallOutcome<Refusal>> => {
    const carried = carriedValues(call);
    if (carried.kind === 'refused') return neverSent(ports, carried);
    const writer = await writerFor(call.operation);
    const target = {
      url: ports.endpoint,
      timeoutMs: ports.timeoutMs ?? timeoutMs(call.operation),
      serverDoneMs: SERVER_DONE_MS,
      spends: true,
      changes: !isRead(call),
      announces: isUnsafe(call),
    };
    const sent = await sendAgainIfAged(send, target, async (post) => {
      // Here and not earlier: a signature ages, and the permit may have been waited for.
      const { userId, encryptionKey } = ports.credentials();
      const { timestamp, signature } = sign(userId, encryptionKey, ports.clock() + offsetMs);
      const secrets = [signature, encryptionKey];
      const header = authentication(userId, signature, timestamp) + context(call.workspace);
      const envelope = writer.write(call.operation, carried.values, header);
      const reply = await post({ method: 'POST', ...envelope, secrets });
      return hidden(readReply(call.operation, reply, writer.read), secrets);
    });
    if (sent.kind !== 'answered') {
      // A fresh signature is too old as well: it is this clock that is wrong.
      if (isAged(sent)) offsetMs = offsetTo(sent, ports.clock()) ?? offsetMs;
      return sent;
    }
    const { value, exchange } = sent;
    return { kind: 'answered', result: value, ...recordOutcomes(call, value), exchange };
  };

  return {
    run,
    probe: (send) => run(PROBE, send),
    bounds: SOAP_BOUNDS,
  };
}

/** One an operation, when it is first called: a process that has just started reads no more of the WSDL than it needs. */
function writers(endpoint: string): (operation: OperationName) => ReturnType<typeof createEnvelopeWriter> {
  const made = new Map<OperationName, ReturnType<typeof createEnvelopeWriter>>();
  return (operation) => {
    const known = made.get(operation);
    if (known !== undefined) return known;
    const writer = createEnvelopeWriter(marketoWsdl([operation]), endpoint);
    made.set(operation, writer);
    return writer;
  };
}

/** How far Marketo's clock is ahead of this one, in ms; null: the reply does not say. */
function offsetTo(sent: Sent<unknown, unknown>, now: number): number | null {
  const serverDate = sent.kind === 'fault' ? sent.exchange.serverDate : null;
  return serverDate !== null && Number.isFinite(serverDate) ? serverDate - now : null;
}

/** Adobe's longest server-side time-out (merge, 180 s) is the best figure there is for SOAP. */
const SERVER_DONE_MS = 180_000;

/** Needs no params, changes nothing, and its answer is small. */
const PROBE: Call = { operation: 'listMObjects', params: {}, workspace: null };

/** The workspace comes from a job as well, and goes into the header. */
function carriedValues(call: Call): EnvelopeValues {
  const workspace = envelopeValues({ workspace: call.workspace }, 'job');
  return workspace.kind === 'refused' ? workspace : envelopeValues(call.params, 'params');
}

function neverSent(ports: SoapPorts, refused: EnvelopeValues & { kind: 'refused' }): CallOutcome<never> {
  const exchange = unsentExchange(ports.endpoint, ports.clock());
  const message = `${refused.path} ${refused.problem}`;
  return { kind: 'fault', fault: { kind: 'internal', sent: false, message }, exchange };
}

const NAMESPACE = 'http://www.marketo.com/mktows/';

/** Only the header elements are in the namespace; their children are not. */
const authentication = (userId: string, signature: string, timestamp: string): string =>
  `<ns1:AuthenticationHeader xmlns:ns1="${NAMESPACE}"><mktowsUserId>${xmlEscape(userId)}</mktowsUserId>` +
  `<requestSignature>${signature}</requestSignature>` +
  `<requestTimestamp>${timestamp}</requestTimestamp></ns1:AuthenticationHeader>`;

const context = (workspace: string | null): string =>
  workspace === null
    ? ''
    : `<ns1:MktowsContextHeader xmlns:ns1="${NAMESPACE}"><targetWorkspace>${xmlEscape(workspace)}` +
      '</targetWorkspace></ns1:MktowsContextHeader>';

/** A message may repeat what it complains about. */
function hidden(read: Read<unknown>, secrets: readonly string[]): Read<unknown> {
  if (read.kind === 'answered') return read;
  return {
    kind: 'fault',
    fault: { ...read.fault, message: shortMessage(mask(read.fault.message, secrets)) },
  };
}
