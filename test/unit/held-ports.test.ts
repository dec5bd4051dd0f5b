import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePort, holdPorts, onFreePort } from '../support/held-ports.ts';

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

describe('ports of the tests', () => {
  test('are held until they are released, all or one alone', async () => {
    const { first, release } = await holdPorts(3);
    const free = () => Promise.all([0, 1, 2].map((nth) => canListen(first + nth)));
    expect(await free()).toEqual([false, false, false]);
    await release(1);
    expect(await free()).toEqual([false, true, false]);
    await release();
    expect(await free()).toEqual([true, true, true]);
  });

  test('are free when one is given without being held', async () => {
    expect(await canListen(await freePort())).toBe(true);
  });
});

describe('a server of somebody else’s making', () => {
  test('is started anew on another port where its port was taken meanwhile', async () => {
    const tried: number[] = [];
    const start = async (port: number) => {
      tried.push(port);
      return tried.length < 3 ? null : `on ${port}`;
    };
    expect(await onFreePort(start)).toBe(`on ${tried[2]}`);
    expect(new Set(tried).size).toBe(3);
  });

  test('is given up if that goes on, and at once if it fails for another reason', async () => {
    let starts = 0;
    const taken = async () => {
      starts += 1;
      return null;
    };
    await expect(onFreePort(taken)).rejects.toThrow('5 ports were free');
    expect(starts).toBe(5);
    await expect(onFreePort(() => Promise.reject(new Error('no Python')))).rejects.toThrow('no Python');
  });
});
