import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { CODES } from '../../../../shared/marketo/faults/codes.ts';
import { createWire } from '../../../../shared/marketo/http/wire.ts';
import { isOperationName } from '../../../../shared/marketo/operations/registry.ts';
import { createSoapTransport } from '../../../../shared/marketo/soap/client.ts';
import { cannedServer } from '../../../support/canned-server.ts';
import { canonicalXml } from '../../../support/canonical-xml.ts';
import { checked } from '../../../support/checked.ts';
import { directSend } from '../../../support/direct-send.ts';

/** What a conversation of test/fixtures must come to: `fault`, or else `result`. */
interface Expected {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly workspace?: string;
  readonly fault?: unknown;
  readonly result?: unknown;
}

const FIXTURES = new URL('../../../fixtures/', import.meta.url);
const CLOCK = () => Date.parse('2026-11-22T10:00:00Z');
const USER = 'bigcorp1_461839624B16E06BA2D663';
const KEY = '899756834129871744AAEE88DDCC77CDEEDEC1AAAD66';

const conversations = readdirSync(FIXTURES)
  .filter((name) => name.includes('__'))
  .sort();

const read = (folder: string, file: string) => readFileSync(new URL(`${folder}/${file}`, FIXTURES), 'utf8');

let playing = '';
const server = await cannedServer((_, response) => {
  const expected: Expected = JSON.parse(read(playing, 'expected.json'));
  response.writeHead(expected.status, { 'content-type': 'text/xml; charset=utf-8', ...expected.headers });
  response.end(read(playing, 'response.xml'));
});
const wire = createWire({ clock: CLOCK });
/** One for each conversation: a transport whose signature was too old twice signs by the server's clock from then on. */
const newTransport = () =>
  createSoapTransport<never>({
    endpoint: server.url,
    credentials: () => ({ userId: USER, encryptionKey: KEY }),
    clock: CLOCK,
  });
afterAll(async () => {
  wire.close();
  await server.close();
});

/** One folder `<operation>__<case>` is one test; a new case needs no code. */
describe('the conversation of', () => {
  test.each(conversations)('%s comes to what it should', async (folder) => {
    playing = folder;
    const expected: Expected = JSON.parse(read(folder, 'expected.json'));
    const operation = folder.split('__')[0];
    if (!isOperationName(operation)) throw new Error(`${operation} is no operation`);
    const input = checked(operation, JSON.parse(read(folder, 'params.json')));

    const transport = newTransport();
    const outcome = await transport.run(
      { ...input, workspace: expected.workspace ?? null },
      directSend(wire),
    );

    if (outcome.kind === 'refused') throw new Error('refused');
    expect(canonicalXml(outcome.exchange.request)).toEqual(canonicalXml(read(folder, 'request.xml')));
    expect(outcome.exchange.response).toBe(read(folder, 'response.xml'));
    expect(outcome.exchange.httpStatus).toBe(expected.status);
    if (expected.fault !== undefined) expect(outcome).toMatchObject({ kind: 'fault', fault: expected.fault });
    else expect(outcome).toMatchObject({ kind: 'answered', result: expected.result });
  });

  test('every code of the table is among them', () => {
    const codes = conversations.flatMap((name) => /__(\d{5})-/.exec(name)?.[1] ?? []);
    expect(codes).toEqual(expect.arrayContaining(Object.keys(CODES).filter((code) => code.length === 5)));
  });
});
