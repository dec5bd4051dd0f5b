/** A process for what must not share an event loop with the measured one; servers.ts starts it and says what it is. */
import { lockDirectory } from '../../local/lock.ts';
import { startServers } from '../../local/servers.ts';
import { writeSettings, writeStack } from '../../local/stack-file.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import type { MarketoReady, MarketoSettings, ServerOrder, StackReady } from './servers.ts';

const INSTANCE = 'bench';

function start(order: ServerOrder): Promise<MarketoReady | StackReady> {
  switch (order.kind) {
    case 'marketo':
      return marketo(order.settings);
    case 'idle-stack':
      return idleStack(order);
    default:
      return assertNever(order);
  }
}

async function marketo(settings: MarketoSettings): Promise<MarketoReady> {
  const { soapUrl, restUrl, identityUrl, credentials, restCredentials } = await startSimulator(settings);
  return { soapUrl, restUrl, identityUrl, ...credentials, ...restCredentials };
}

async function idleStack({ dataDir, env }: ServerOrder & { kind: 'idle-stack' }): Promise<StackReady> {
  lockDirectory(dataDir, INSTANCE);
  const { stack, functionEnv } = await startServers({
    dataDir,
    port: null,
    env,
    instance: INSTANCE,
    simulator: {},
    onDiskTrouble: (error) => {
      throw error;
    },
  });
  writeSettings(dataDir, env);
  writeStack(dataDir, stack);
  return { stack, functionEnv };
}

// Asked by its parent how much processor time it has taken.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ processorMs: (user + system) / 1_000 });
});
// Its end comes with that of its parent, however that comes about.
process.once('disconnect', () => process.exit(0));
process.send?.(await start(JSON.parse(process.argv[2] ?? '') as ServerOrder));
