import { createClientAsync } from 'soap';
import { sign } from '../shared/marketo/soap/signature.ts';
import { marketoWsdl } from '../shared/marketo/soap/wsdl.ts';
import type { Step } from '../shared/run/trace.ts';
import { type Bench, inTurns, type Measured, type Stage } from './harness/bench.ts';
import { aimed, known, median, ms, type Row, spread } from './harness/figures.ts';
import { LIFTED, type Marketo } from './harness/servers.ts';
import { paramsOf, type Timing, timing, workedCaller } from './subjects/worked-caller.ts';

/** Until the code is compiled and the connections are open. */
const WARM_UP = 100;

type Call = (n: number) => Promise<Timing>;

/** A POST with nothing but `fetch`, and a token that was asked for before. */
async function bareFetch({ restUrl, identityUrl, clientId, clientSecret }: Marketo): Promise<Call> {
  const query = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`;
  const issued = await (await fetch(`${identityUrl}/oauth/token?${query}`)).json();
  const { access_token: token } = issued as { readonly access_token: string };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (n) => {
    const { Email, leadAttributeList } = paramsOf(n, 'bare').leadRecord;
    const [first] = leadAttributeList.attribute;
    const input = [{ email: Email, firstName: first?.attrValue }];
    const took = await timing(async () => {
      const body = JSON.stringify({ action: 'createOrUpdate', lookupField: 'email', input });
      const reply = await fetch(`${restUrl}/v1/leads.json`, { method: 'POST', headers, body });
      const { success } = (await reply.json()) as { readonly success: boolean };
      if (!success) throw new Error(`the bare call ${n} failed`);
    });
    return { ...took, steps: {} };
  };
}

/** The `soap` package as anybody would use it; signing is part of every call, whoever makes it. */
async function bareSoap({ soapUrl, userId, encryptionKey }: Marketo): Promise<Call> {
  const client = await createClientAsync(marketoWsdl(), { endpoint: soapUrl });
  return async (n) => {
    const took = await timing(async () => {
      const { timestamp, signature } = sign(userId, encryptionKey, Date.now());
      client.clearSoapHeaders();
      client.addSoapHeader({
        'tns:AuthenticationHeader': {
          mktowsUserId: userId,
          requestSignature: signature,
          requestTimestamp: timestamp,
        },
      });
      await client['syncLeadAsync'](paramsOf(n, 'bare'));
    });
    return { ...took, steps: {} };
  };
}

/** As the simulator counts them, whoever made them. */
const WRITE = { rest: 'POST leads.json', soap: 'syncLead' } as const;

async function measure(stage: Stage): Promise<Measured> {
  const rest = await measureOver('rest', bareFetch, stage);
  const soap = await measureOver('soap', bareSoap, stage);
  return {
    setting: settingOf(stage.size),
    rows: [
      ...rowsOf('REST', 'a bare `fetch`', rest),
      ...rowsOf('SOAP', 'a bare call of the `soap` package', soap),
    ],
  };
}

interface Taken {
  readonly jobs: readonly Timing[];
  readonly calls: readonly Timing[];
}

async function measureOver(
  transport: 'rest' | 'soap',
  bare: (marketo: Marketo) => Promise<Call>,
  { size, startMarketo, startIdleStack, atEnd }: Stage,
): Promise<Taken> {
  const marketo = await startMarketo({ limits: LIFTED.simulator });
  const env = { ...marketo.env, ...LIFTED.env, MARKETO_TRANSPORT: transport };
  const { stack, functionEnv } = await startIdleStack(env);
  const worked = await workedCaller(stack, functionEnv);
  atEnd(async () => worked.close());
  const cases = { jobs: worked.work, calls: await bare(marketo) };
  const taken = await inTurns(cases, { rounds: size, warmUp: WARM_UP });
  const { executedByOperation } = await marketo.witness();
  const written = executedByOperation[WRITE[transport]] ?? 0;
  if (written !== 2 * (WARM_UP + size)) throw new Error(`the simulator executed ${written} writes`);
  return taken;
}

const settingOf = (count: number): string =>
  `${count} jobs and ${count} bare calls in turns, after ${WARM_UP} of each to warm up; first over REST, then over SOAP. Worker, queue and ` +
  'table, and simulator are a process each; no limits, no latency. A job counts from the call of the handler to its answer; CPU is ' +
  'what its process spent meanwhile, talking to queue and table included.';

const AIM_MS = 15;

/** From one point of a job's life to the next: what happens there. */
const STRETCHES: readonly (readonly [Step | 'began', Step | 'ended', string])[] = [
  ['began', 'received', 'hide the message'],
  ['received', 'claimed', 'read the row and claim it'],
  ['claimed', 'admitted', 'permit'],
  ['admitted', 'sent', 'write the request and send it'],
  ['sent', 'replied', 'Marketo'],
  ['replied', 'recorded', 'read the answer and record it'],
  ['recorded', 'ended', 'settle, and give the slot back'],
];

function rowsOf(over: string, bare: string, { jobs, calls }: Taken): readonly Row[] {
  const overhead = median(jobs.map(totalOf)) - median(calls.map(totalOf));
  const stretch = (from: Step | 'began', to: Step | 'ended'): number =>
    median(jobs.map(({ steps }) => (steps[to] ?? Number.NaN) - (steps[from] ?? Number.NaN)));
  return [
    aimed(
      `${over}: overhead of a job over ${bare}, median against median`,
      ms(overhead),
      `${AIM_MS} ms or less`,
      overhead <= AIM_MS,
    ),
    known(`${over}: a job through the handler`, spread(jobs.map(totalOf), ms)),
    known(`${over}: ${bare}`, spread(calls.map(totalOf), ms)),
    known(`${over}: CPU of a job`, spread(jobs.map(cpuOf), ms)),
    known(`${over}: CPU of ${bare}`, spread(calls.map(cpuOf), ms)),
    ...STRETCHES.map(([from, to, what]) => known(`${over}, of a job: ${what}`, ms(stretch(from, to)))),
  ];
}

const totalOf = ({ totalMs }: Timing): number => totalMs;
const cpuOf = ({ cpuMs }: Timing): number => cpuMs;

/** The real handler with one job at a time and nothing to wait for, against a bare call to the same server. */
export const bench: Bench = {
  title: 'What the worker costs a job',
  size: { of: 'jobs', usual: 400 },
  measure,
};
