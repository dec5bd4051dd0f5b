import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { choosePorts, type PortNumbers, rememberPorts } from '../../../local/ports.ts';
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
