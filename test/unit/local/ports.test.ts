import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { choosePorts, rememberPorts } from '../../../local/ports.ts';

let dataDir: string;
const servers: Server[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-ports-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(dataDir, { recursive: true, force: true });
});

const occupy = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen(port, '127.0.0.1', () => resolve());
  });

describe('choosePorts', () => {
  test('finds three different free ones', async () => {
    const ports = await choosePorts(dataDir, null);
    expect(new Set(Object.values(ports)).size).toBe(3);
  });

  test('takes those of the last start again', async () => {
    const ports = await choosePorts(dataDir, null);
    rememberPorts(dataDir, ports);
    expect(await choosePorts(dataDir, null)).toEqual(ports);
  });

  test('replaces only the one that somebody else has taken meanwhile', async () => {
    const ports = await choosePorts(dataDir, null);
    rememberPorts(dataDir, ports);
    await occupy(ports.dynamodb);
    const again = await choosePorts(dataDir, null);
    expect(again.dynamodb).not.toBe(ports.dynamodb);
    expect({ ...again, dynamodb: 0 }).toEqual({ ...ports, dynamodb: 0 });
  });

  test('refuses a wanted port of which the second is in use, and names it', async () => {
    const { sqs } = await choosePorts(dataDir, null);
    await occupy(sqs + 1);
    await expect(choosePorts(dataDir, sqs)).rejects.toThrow(`port ${sqs + 1} is in use`);
  });
});
