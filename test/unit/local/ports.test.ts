import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { choosePorts, onFreePorts, type PortNumbers, rememberPorts } from '../../../local/ports.ts';
import { type HeldPorts, holdPorts } from '../../support/held-ports.ts';

let dataDir: string;
const held: HeldPorts[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-ports-'));
});

afterEach(async () => {
  for (const ports of held.splice(0)) await ports.release();
  rmSync(dataDir, { recursive: true, force: true });
});

async function hold(): Promise<HeldPorts> {
  const ports = await holdPorts(3);
  held.push(ports);
  return ports;
}

const inARow = (first: number): PortNumbers => ({ sqs: first, dynamodb: first + 1, marketo: first + 2 });

/** Ports of a last start, each still taken. */
async function remembered(): Promise<HeldPorts & { readonly last: PortNumbers }> {
  const ports = await hold();
  const last = inARow(ports.first);
  rememberPorts(dataDir, last);
  return { ...ports, last };
}

describe('choosePorts', () => {
  test('finds three different free ones', async () => {
    const ports = await choosePorts(dataDir, null);
    expect(new Set(Object.values(ports)).size).toBe(3);
  });

  test('takes those of the last start again', async () => {
    const ports = await remembered();
    await ports.release();
    expect(await choosePorts(dataDir, null)).toEqual(ports.last);
  });

  test('replaces only the one that somebody else has taken meanwhile', async () => {
    const ports = await remembered();
    await ports.release(0);
    await ports.release(2);
    const again = await choosePorts(dataDir, null);
    expect(again.dynamodb).not.toBe(ports.last.dynamodb);
    expect({ ...again, dynamodb: 0 }).toEqual({ ...ports.last, dynamodb: 0 });
  });

  test.each([0, 1, 2])('refuses a wanted port of which number %i is in use, and names it', async (taken) => {
    const ports = await hold();
    for (const nth of [0, 1, 2]) if (nth !== taken) await ports.release(nth);
    await expect(choosePorts(dataDir, ports.first)).rejects.toThrow(`port ${ports.first + taken} is in use`);
    await ports.release();
    expect(await choosePorts(dataDir, ports.first)).toEqual(inARow(ports.first));
  });
});

describe('servers on free ports', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        servers.push(server);
        resolve();
      });
    });

  /** Opens a server on the queue's port, which somebody else is quicker to take the first so many times. */
  const opening = (times: number, tried: number[]) => async (ports: PortNumbers) => {
    tried.push(ports.sqs);
    if (tried.length <= times) await listen(ports.sqs);
    await listen(ports.sqs);
    return ports;
  };

  test('get others where one was taken between the choice and the bind', async () => {
    const tried: number[] = [];
    const ports = await onFreePorts(dataDir, null, opening(2, tried));
    expect(tried).toHaveLength(3);
    expect(new Set(tried).size).toBe(3);
    expect(ports.sqs).toBe(tried[2]);
  });

  test('are given up with the error of the last choice if that goes on', async () => {
    const tried: number[] = [];
    await expect(onFreePorts(dataDir, null, opening(99, tried))).rejects.toThrow(/EADDRINUSE.*:\d+$/);
    expect(tried).toHaveLength(5);
  });

  test('get no others than those that were asked for', async () => {
    const ports = await hold();
    await ports.release();
    const tried: number[] = [];
    await expect(onFreePorts(dataDir, ports.first, opening(1, tried))).rejects.toThrow('EADDRINUSE');
    expect(tried).toEqual([ports.first]);
  });

  test('are not tried again for any other trouble', async () => {
    let opened = 0;
    const broken = async () => {
      opened += 1;
      throw new Error('the disk is full');
    };
    await expect(onFreePorts(dataDir, null, broken)).rejects.toThrow('the disk is full');
    expect(opened).toBe(1);
  });
});
