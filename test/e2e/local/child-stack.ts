/** A whole local stack in a process of its own, with a worker that says what it gets; killed by local-stack.test.ts. */
import { startLocal } from '../../../local/start-local.ts';
import { troubleLine } from '../../../local/trouble.ts';

const [dataDir = '', mode = 'complete', port] = process.argv.slice(2);

const say = (what: unknown): boolean => process.stdout.write(`${JSON.stringify(what)}\n`);

try {
  const { stack } = await startLocal({
    dataDir,
    env: {},
    ...(port === undefined ? {} : { port: Number(port) }),
    builders: {
      worker: () => async (event) => {
        for (const { body, attributes } of event.Records) {
          say({ got: body, receives: attributes.ApproximateReceiveCount });
        }
        if (mode === 'hang') await new Promise(() => {});
      },
      collector: () => async () => {},
      warden: () => async () => {},
    },
  });
  say(stack);
} catch (error) {
  process.stderr.write(`${troubleLine(error, dataDir)}\n`);
  process.exit(1);
}
