import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onFreePort } from '../support/held-ports.ts';
import { PYTHON_HOME, pythonWith } from './python.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 120_000;

export interface Emulator {
  /** The environment of whoever is to talk to it as if it were AWS. Nothing of the shell's own AWS settings is in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly region: string;
  /** What it and the functions that it runs have printed. */
  log(): string;
  stop(): Promise<void>;
}

/** Installs MiniStack into an ignored folder, unless it is there, and starts it on loopback. */
export async function startEmulator(): Promise<Emulator> {
  const python = pythonWith('requirements.txt');
  return onFreePort((port) => startOn(port, python));
}

/** Null if somebody has taken the port since it was found to be free. */
async function startOn(port: number, python: string): Promise<Emulator | null> {
  const endpoint = `http://127.0.0.1:${port}`;
  const region = 'us-east-1';
  // Not in this repository, whose package.json makes ES modules of the scripts that the emulator writes.
  const run = mkdtempSync(join(tmpdir(), 'mktq-deploy-'));
  const logFile = join(PYTHON_HOME, 'emulator.log');
  const env = awsEnvironment(endpoint, region, run);
  const child = spawn(python, [join(import.meta.dirname, 'emulator.py')], {
    env: {
      ...env,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      // The host of the queue URLs that it gives out.
      MINISTACK_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
      STATE_DIR: join(run, 'state'),
    },
    cwd: run,
    // A group of its own, with the functions that it runs in it.
    detached: true,
    stdio: ['ignore', openSync(logFile, 'w'), openSync(logFile, 'a')],
  });
  const log = () => readFileSync(logFile, 'utf8');
  const stop = async () => {
    await end(child);
    rmSync(run, { recursive: true, force: true });
  };
  try {
    await healthy(endpoint, child, log);
  } catch (error) {
    await stop();
    if (child.exitCode !== null && /already in use/i.test(log())) return null;
    throw error;
  }
  return { env, endpoint, region, log, stop };
}

function awsEnvironment(endpoint: string, region: string, home: string): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(AWS_|CDK_|MARKETO_|MKTQ_|NODE_OPTIONS|VITEST)/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(own),
    // Functions run on the `node` that is found first: Lambda's, which npm has installed.
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    // No profile, no cache and no setting of whoever runs the test.
    HOME: home,
    TMPDIR: home,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
  };
}

async function healthy(endpoint: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(200);
  }
  throw new Error(`the emulator did not start:\n${log()}`);
}

async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode === null) {
    signal(pid, 'SIGTERM');
    await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
  }
  signal(pid, 'SIGKILL');
}

/** To the whole group. Nobody left in it is what was wanted. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {}
}
