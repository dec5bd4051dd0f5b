/** A whole local stack in a process of its own, with a worker that says what it gets; killed by local-stack.test.ts. */
import { startLocal } from '../../../local/start-local.ts';
import { troubleLine } from '../../../local/trouble.ts';

const [dataDir = '', mode = 'complete', port] = process.argv.slice(2);

try {
  const { stack } = await startLocal({
    dataDir,
    env: {},
    ...(port === undefined ? {} : { port: Number(port) }),
    builders: {
      worker: () => async (event) => {
        for (const record of event.Records) {
          process.stdout.write(
            `${JSON.stringify({ got: record.body, receives: record.attributes.ApproximateReceiveCount })}\n`,
          );
        }
        if (mode === 'hang') await new Promise(() => {});
      },
      collector: () => async () => {},
      warden: () => async () => {},
    },
  });
  process.stdout.write(`${JSON.stringify(stack)}\n`);
} catch (error) {
  process.stderr.write(`${troubleLine(error, dataDir)}\n`);
  process.exit(1);
}
