/** One call through the project's own transport and wire, without a queue or a budget. Bundled by bench/cold-start.ts. */

import { createWire } from '../../shared/marketo/http/wire.ts';
import { createSoapTransport } from '../../shared/marketo/soap/client.ts';
import { soapSettings } from './soap-settings.ts';

const clock = () => Date.now();
const wire = createWire({ clock });

const settings = soapSettings(process.env);

void createSoapTransport({ endpoint: settings.endpoint, credentials: () => settings, clock }).probe(
  async (target, perform) => {
    const opened = await wire.open(target);
    if (opened.kind === 'failed') return { ...opened, kind: 'fault' };
    const { connection } = opened;
    return { ...(await perform(connection.post)), exchange: connection.exchange() };
  },
);
