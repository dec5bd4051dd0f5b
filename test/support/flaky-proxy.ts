import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request on its way: it is answered, its answer is lost, nobody ever answers, or it is refused before it arrives. */
export type Passage =
  | { readonly kind: 'pass' }
  | { readonly kind: 'lose-reply' }
  | { readonly kind: 'silence' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

export interface FlakyProxy {
  readonly endpoint: string;
  /** How many requests came so far. */
  readonly requests: () => number;
  stop(): Promise<void>;
}

/** Stands between an SDK client and a server, so that the SDK's own retries meet real trouble. */
export async function startFlakyProxy(
  target: string,
  passage: (request: number) => Passage,
): Promise<FlakyProxy> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const fate = passage(requests);
    void forward(target, request, response, fate).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(target: string, request: IncomingMessage, response: ServerResponse, fate: Passage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  if (fate.kind === 'silence') return;
  if (fate.kind === 'answer') {
    response.writeHead(fate.status, { 'content-type': 'application/x-amz-json-1.0' }).end(fate.body);
    return;
  }
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
      ? [[name, value]]
      : [],
  );
  const reply = await fetch(target, { method: 'POST', headers, body: Buffer.concat(chunks) });
  const body = await reply.text();
  if (fate.kind === 'lose-reply') response.destroy();
  else response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}
