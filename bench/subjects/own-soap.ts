/** One call through the project's own transport and wire, without a queue or a budget. Bundled by bench/cold-start.ts. */
import { readSoap } from '../../shared/config/environment.ts';
import { createWire } from '../../shared/marketo/http/wire.ts';
import { createSoapTransport } from '../../shared/marketo/soap/client.ts';

const clock = () => Date.now();
const wire = createWire({ clock });

void createSoapTransport({ ...readSoap(process.env), clock }).then((transport) =>
  transport.run(transport.probe, async (target, perform) => {
    const opened = await wire.open(target);
    if (opened.kind === 'failed') return opened;
    const { connection } = opened;
    const value = await perform(connection.post);
    return { kind: 'sent', value, exchange: connection.exchange() };
  }),
);
