import { createServer, request as forward, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  readonly url: string;
  stop(): Promise<void>;
}

/** One request in IAM's words, such as `Query` on `index/byState`. */
type Heard = (action: string, on: string) => void;

/** Passes every request of AWS's JSON protocol on as it is, and reports it. */
export const startListener = (upstream: string, heard: Heard): Promise<Listener> =>
  listen(
    createServer(async (incoming, answer) => {
      const body = await textOf(incoming);
      heard(actionOf(incoming), resourceIn(JSON.parse(body)));
      const { method, headers, url } = incoming;
      const outgoing = forward(new URL(url ?? '/', upstream), { method, headers }, (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      });
      outgoing.once('error', () => answer.destroy());
      outgoing.end(body);
    }),
  );

function actionOf(incoming: IncomingMessage): string {
  const target = String(incoming.headers['x-amz-target'] ?? '');
  return target.slice(target.indexOf('.') + 1);
}

function resourceIn(body: { readonly IndexName?: string; readonly QueueUrl?: string }): string {
  if (body.IndexName !== undefined) return `index/${body.IndexName}`;
  if (body.QueueUrl !== undefined) return body.QueueUrl.includes('dead') ? 'dead letters' : 'jobs';
  return 'table';
}

/** Secrets Manager with one secret. */
export const startSecrets = (value: () => string, heard: Heard): Promise<Listener> =>
  listen(
    createServer((incoming, answer) => {
      heard(actionOf(incoming), 'secret');
      answer.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      answer.end(JSON.stringify({ Name: 'secret', SecretString: value() }));
    }),
  );

/** Lambda with one event source mapping. */
export const startMapping = (
  mapping: { enabled(): Promise<boolean>; turn(on: boolean): Promise<void> },
  heard: Heard,
): Promise<Listener> =>
  listen(
    createServer(async (incoming, answer) => {
      heard(incoming.method === 'GET' ? 'GetEventSourceMapping' : 'UpdateEventSourceMapping', 'mapping');
      if (incoming.method !== 'GET') await mapping.turn(JSON.parse(await textOf(incoming)).Enabled === true);
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify({ UUID: 'mapping', State: (await mapping.enabled()) ? 'Enabled' : 'Disabled' }),
      );
    }),
  );

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

async function listen(server: Server): Promise<Listener> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
