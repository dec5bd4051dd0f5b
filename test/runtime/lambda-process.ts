import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Context } from '../../functions/deliveries.ts';

export interface LambdaProcess {
  /** One event through the Runtime API; rejects with what the function threw. */
  invoke(event: unknown, context: Context): Promise<unknown>;
  /** Everything that the function printed. */
  log(): string;
  stop(): Promise<void>;
}

/** Every invocation's: one that X-Ray has chosen to draw. */
const TRACE_HEADER = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

interface Invocation {
  readonly event: unknown;
  readonly context: Context;
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A bundle in the loop of Lambda's Node runtime: a process of its own, which asks the Runtime API on loopback for one event
 * after the other. Its clock is ahead by `aheadMs`.
 */
export async function startLambdaProcess(
  bundle: string,
  env: Readonly<Record<string, string>>,
  aheadMs: number,
): Promise<LambdaProcess> {
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  const asking: ServerResponse[] = [];
  let log = '';

  const serve = (): void => {
    while (waiting.length > 0 && asking.length > 0) {
      const [invocation] = waiting.splice(0, 1);
      const [response] = asking.splice(0, 1);
      if (invocation === undefined || response === undefined) return;
      const { event, context } = invocation;
      running.set(context.awsRequestId, invocation);
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': context.awsRequestId,
        'lambda-runtime-deadline-ms': String(Date.now() + context.getRemainingTimeInMillis()),
        'lambda-runtime-trace-id': TRACE_HEADER,
      });
      response.end(JSON.stringify(event));
    }
  };

  const settle = (path: string, body: string): void => {
    const [, id = '', how] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const invocation = running.get(id);
    running.delete(id);
    if (how === 'response') invocation?.resolve(JSON.parse(body));
    else invocation?.reject(new Error(body));
  };

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      asking.push(response);
      serve();
      return;
    }
    readAll(request).then((body) => {
      if (path.endsWith('/init/error')) log += body;
      else settle(path, body);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bootstrap.cjs'), String(aheadMs)], {
    // Nothing of this process's environment: Lambda has none of it either.
    env: {
      ...env,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      LAMBDA_TASK_ROOT: bundle,
      _HANDLER: 'index.handler',
    },
    cwd: bundle,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  child.once('exit', () => {
    for (const { reject } of [...waiting.splice(0), ...running.values()]) {
      reject(new Error(`the function's process ended: ${log}`));
    }
  });
  return {
    invoke: (event, context) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null) reject(new Error(`the function's process has ended: ${log}`));
        waiting.push({ event, context, resolve, reject });
        serve();
      }),
    log: () => log,
    stop: async () => {
      await ended(child);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
