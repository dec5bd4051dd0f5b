import { afterEach, describe, expect, test } from 'vitest';
import { TROUBLE_NAMES, type TroubleName, troubleRules } from '../../../local/marketo-trouble.ts';
import type { TransportName } from '../../../shared/config/transports.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { call, codeOf } from '../simulator/caller.ts';
import { rest, send, tokenOf } from '../simulator/rest-caller.ts';

let simulator: Simulator;
afterEach(() => simulator.close());

/** What the simulator draws, 0 to 1: the less, the more goes wrong. */
let luck = 0;

async function troubled(trouble: TroubleName, transport: TransportName): Promise<void> {
  const rules = troubleRules(trouble, transport).map((rule) =>
    // The shape is what counts here, not the ten seconds.
    rule.delayMs === undefined ? rule : { ...rule, delayMs: rule.delayMs / 50 },
  );
  simulator = await startSimulator({ rules, random: () => luck });
}

const leads = async () => rest(simulator, 'GET', '/rest/v1/leads.json?filterType=email&filterValues=a@x');
const restCode = async () => Number((await leads()).errors?.[0]?.code ?? 0);
const soapCode = async () => codeOf(await call(simulator, 'listMObjects', '')) ?? 0;

describe('the trouble of a game day', () => {
  test.each([
    ['quota', 'rest', [607, 607, 607]],
    ['throttle', 'rest', [615, 606, 0]],
    ['quota', 'soap', [20015, 20015, 20015]],
    ['credentials', 'soap', [20014, 20014, 20014]],
    ['throttle', 'soap', [20024, 20023, 0]],
  ] as const)('%s, over %s', async (trouble, transport, codes) => {
    await troubled(trouble, transport);
    const code = transport === 'rest' ? restCode : soapCode;
    const answers: number[] = [];
    for (luck of [0.1, 0.2, 0.9]) answers.push(await code());
    expect(answers).toEqual(codes);
  });

  test('credentials, over REST: no token is handed out', async () => {
    await troubled('credentials', 'rest');
    const { clientId, clientSecret } = simulator.restCredentials;
    const query = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    expect((await fetch(`${simulator.identityUrl}/oauth/token?${query}`)).status).toBe(401);
  });

  test('down: every request gets the page of a gateway, tokens too', async () => {
    await troubled('down', 'rest');
    expect(await send(simulator, 'GET', '/rest/v1/leads.json', { token: 'any' })).toBeDefined();
    expect((await fetch(`${simulator.identityUrl}/oauth/token`)).status).toBe(502);
    expect((await call(simulator, 'listMObjects', '')).status).toBe(502);
  });

  test('slow: a call takes longer and is answered, and a token is there at once', async () => {
    await troubled('slow', 'rest');
    const token = await tokenOf(simulator);
    const began = Date.now();
    const { text } = await send(simulator, 'GET', '/rest/v1/lists.json', { token });
    expect(Date.now() - began).toBeGreaterThanOrEqual(150);
    expect(JSON.parse(text)).toMatchObject({ success: true });
  });

  test.each(TROUBLE_NAMES)('%s leaves no rule that is used up', (trouble) => {
    for (const transport of ['rest', 'soap'] as const)
      for (const { times } of troubleRules(trouble, transport)) expect(times).toBe('always');
  });
});
