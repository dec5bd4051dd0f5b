import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** X-Ray's daemon, as Lambda has it beside each function: what is drawn comes in datagrams. */
export interface TraceDaemon {
  readonly address: string;
  /** Every subsegment so far. */
  subsegments(): readonly Drawn[];
  stop(): void;
}

interface Drawn {
  readonly name: string;
  readonly id: string;
  readonly parent_id: string;
  readonly trace_id: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
}

export async function startTraceDaemon(): Promise<TraceDaemon> {
  const socket = createSocket('udp4');
  const drawn: Drawn[] = [];
  // A line that says what follows, and the document.
  socket.on('message', (datagram) => {
    const [, ...document] = String(datagram).split('\n');
    drawn.push(JSON.parse(document.join('\n')));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    subsegments: () => drawn,
    stop: () => socket.close(),
  };
}
