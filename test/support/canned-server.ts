import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface CannedServer {
  readonly url: string;
  readonly received: Received[];
  /** How many connections were ever made, and how many are open now. */
  readonly connections: { made: number; open: number };
  /** Cuts every open connection. */
  hangUp(): void;
  close(): Promise<void>;
}

export type Answer = (request: Received, response: ServerResponse, socket: Socket) => void;

/** An HTTP server on loopback that reads each request whole and lets the test answer it. */
export async function cannedServer(
  answer: Answer,
  create: (listener: RequestListener) => Server = createServer,
  scheme = 'http',
): Promise<CannedServer> {
  const received: Received[] = [];
  const connections = { made: 0, open: 0 };
  const server = create((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      answer(one, response, request.socket);
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.made += 1;
    connections.open += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      connections.open -= 1;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${scheme}://127.0.0.1:${port}/soap/mktows/3_1`,
    received,
    connections,
    hangUp,
    close: () => {
      hangUp();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
