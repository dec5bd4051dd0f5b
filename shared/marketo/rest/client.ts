import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { unsentExchange } from '../http/unsent-exchange.ts';
import type { Call, CallOutcome, Exchange, RecordOutcome, Send, Transport } from '../transport.ts';
import { CallEnded, CallRefused, refused } from './call/call-ended.ts';
import { type Done, done, type Finding, type Known, type Mappings } from './call/mapping.ts';
import { Session } from './call/session.ts';
import type { RestSettings } from './call/settings.ts';
import { type ClientCredentials, createTokens } from './call/token.ts';
import { createDirectory } from './directory/create-directory.ts';
import type { Directory } from './directory/directory.ts';
import type { DirectoryStore } from './directory/directory-store.ts';
import { MAPPINGS } from './mappings.ts';
import { REST_BOUNDS } from './packing-bounds.ts';
import { usageIn } from './usage.ts';
import { withoutNil } from './without-nil.ts';

export interface RestPorts {
  /** `https://X.mktorest.com/rest` */
  readonly endpoint: string;
  /** `https://X.mktorest.com/identity` */
  readonly identityEndpoint: string;
  /** Read again for each identity request: a secret replaced meanwhile is used from then on. */
  readonly credentials: () => ClientCredentials;
  readonly settings: RestSettings;
  readonly directoryStore: DirectoryStore;
  /** The directory's copies cannot be read or written: that costs calls, and no job. */
  readonly onStoreTrouble: (error: unknown) => void;
  readonly clock: Clock;
  readonly random: Random;
  /** Total deadline of every request; null: each endpoint's own. */
  readonly timeoutMs: number | null;
}

/** Runs the 23 operations over Marketo's REST API. One instance per process: its calls share the token and the directory. */
export function createRestTransport<Refusal>(
  ports: RestPorts,
  mappings: Mappings = MAPPINGS,
): Transport<Refusal> {
  const { clock } = ports;
  const origin = ports.endpoint.replace(/\/rest$/, '');
  const tokens = createTokens(ports);
  const directoryOf = oneDirectory(ports);

  const sessionOf = (send: Send<Refusal>, workspace: string | null): Session =>
    new Session({
      send,
      origin,
      tokens,
      directory: directoryOf(ports.credentials().clientId),
      settings: ports.settings,
      workspace,
      timeoutMs: ports.timeoutMs,
      clock,
      random: ports.random,
    });

  const outcomeOf = async (session: Session, work: () => Promise<Done>): Promise<CallOutcome<Refusal>> => {
    const exchange = (): Exchange => session.exchange() ?? unsentExchange(ports.endpoint, clock());
    try {
      const { result, records, ...rest } = await work();
      const [first, ...others] = records;
      return {
        kind: 'answered',
        result: withoutNil(result),
        records: [shown(first), ...others.map(shown)],
        inOrder: true,
        exchange: exchange(),
        ...remainingOf(rest),
      };
    } catch (error) {
      // Only the queue's own send refuses, in its own words.
      if (error instanceof CallRefused) return { kind: 'refused', refusal: error.refusal as Refusal };
      if (!(error instanceof CallEnded)) throw error;
      return {
        kind: 'fault',
        fault: error.fault,
        exchange: error.exchange ?? exchange(),
        ...(error.outdated ? { outdated: true } : {}),
        ...remainingOf(error),
      };
    }
  };

  return {
    run: (call, send) => {
      const session = sessionOf(send, call.workspace);
      return outcomeOf(session, async () => {
        // By the one name of both: what the params are is what their operation takes.
        const mapping: AnyMapping = mappings[call.operation];
        refuseBy(mapping.check(call.params, knownOf(call, ports)));
        return mapping.run(call.params, session);
      });
    },
    probe: (send) => {
      const session = sessionOf(send, null);
      return outcomeOf(session, async () => done((await session.ask({ endpoint: 'usage' })).result));
    },
    bounds: REST_BOUNDS,
    usageIn,
  };
}

interface AnyMapping {
  check(params: unknown, known: Known): readonly Finding[];
  run(params: unknown, session: Session): Promise<Done>;
}

const knownOf = ({ workspace }: Call, { settings, clock }: RestPorts): Known => ({
  fields: null,
  settings,
  workspace,
  now: clock(),
});

/** What the rules alone refuse is asked of nobody. The first code is the job's; every reason is said. */
function refuseBy(findings: readonly Finding[]): void {
  const against = findings.filter(({ kind }) => kind !== 'unlike');
  const [first] = against;
  if (first !== undefined) throw refused(first.code, against.map(({ message }) => message).join('; '));
}

/** A client of another id sees other lists; one with a new secret is the same. */
function oneDirectory(ports: RestPorts): (clientId: string) => Directory {
  const { directoryStore: store, clock, onStoreTrouble } = ports;
  const { host } = new URL(ports.endpoint);
  let last: { readonly clientId: string; readonly directory: Directory } | null = null;
  return (clientId) => {
    if (last?.clientId !== clientId)
      last = { clientId, directory: createDirectory({ store, clock, host, clientId, onStoreTrouble }) };
    return last.directory;
  };
}

const shown = (record: RecordOutcome): RecordOutcome => ({ ...record, result: withoutNil(record.result) });

const remainingOf = ({ remaining }: { readonly remaining?: unknown }): { readonly remaining?: unknown } =>
  remaining === undefined ? {} : { remaining };
