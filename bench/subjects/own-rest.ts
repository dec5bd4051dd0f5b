/** One call through the project's own transport and wire, without a queue or a budget. Bundled by bench/cold-start.ts. */
import { readMarketo } from '../../shared/config/environment.ts';
import { createWire } from '../../shared/marketo/http/wire.ts';
import { createRestTransport } from '../../shared/marketo/rest/client.ts';
import type { Send } from '../../shared/marketo/transport.ts';

const clock = () => Date.now();
const wire = createWire({ clock });

const settings = readMarketo(process.env);
if (settings.transport !== 'rest') throw new Error('this is the bench of REST');

const send: Send<never> = async (target, perform) => {
  const opened = await wire.open(target);
  if (opened.kind === 'failed') return { ...opened, kind: 'fault' };
  const { connection } = opened;
  return { ...(await perform(connection.post)), exchange: connection.exchange() };
};

const transport = createRestTransport<never>({
  endpoint: settings.endpoint,
  identityEndpoint: settings.identityEndpoint,
  credentials: () => settings,
  settings: { foreignIdField: null, partitions: {}, onDuplicate: 'dead-letter' },
  directoryStore: { read: async () => null, write: async () => undefined },
  onStoreTrouble: () => undefined,
  clock,
  random: () => 0,
  timeoutMs: null,
});

void transport.probe(send);
