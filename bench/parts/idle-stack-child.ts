import { lockDirectory } from '../../local/lock.ts';
import { startServers } from '../../local/servers.ts';
import { writeStack } from '../../local/stack-file.ts';
import { writeSettings } from '../../local/stack-settings.ts';
import { childSettings } from './child.ts';
import type { IdleStack, IdleStackSettings } from './idle-stack.ts';

const INSTANCE = 'bench';
const { dataDir, env } = childSettings<IdleStackSettings>();
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
const ready: IdleStack = { stack, functionEnv };
process.send?.(ready);
