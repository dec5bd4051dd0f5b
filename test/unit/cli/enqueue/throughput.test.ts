import { describe, expect, test } from 'vitest';
import { Throughput } from '../../../../cli/enqueue/throughput.ts';

function sending(size: number | null) {
  let now = 0;
  let read = 0;
  const throughput = new Throughput(() => now, { size, bytesRead: () => read });
  return {
    throughput,
    at: (ms: number, bytes: number) => {
      now = ms;
      read = bytes;
      return throughput;
    },
  };
}

describe('the throughput of a file', () => {
  test('is told with the time that the rest takes at this pace', () => {
    const { at } = sending(4_000);
    expect(at(10_000, 1_000).text(2_500)).toBe(', 250 rows/s, 30 s left');
  });

  test('is not told in the first second', () => {
    const { at } = sending(4_000);
    expect(at(999, 1_000).text(500)).toBe('');
    expect(at(1_000, 1_000).text(500)).toBe(', 500 rows/s, 3 s left');
  });

  test('has no time left of what has no size, nor when all is read', () => {
    expect(sending(null).at(2_000, 1_000).text(10)).toBe(', 5 rows/s');
    expect(sending(1_000).at(2_000, 1_000).text(10)).toBe(', 5 rows/s');
  });

  test('leaves out what came before a wait', () => {
    const { at } = sending(10_000);
    at(60_000, 1_000).restart(10);
    expect(at(70_000, 4_000).text(1_010)).toBe(', 100 rows/s, 20 s left');
  });
});
