import { describe, expect, test } from 'vitest';
import { Throughput } from '../../../../cli/enqueue/throughput.ts';
import { PIECE_BYTES } from '../../../../cli/source/pieces.ts';

/** As many bytes as say how long the others take. */
const MANY = 10 * PIECE_BYTES;

function sending(size: number | null) {
  let now = 0;
  let read = 0;
  const throughput = new Throughput(() => now, { size: () => size, bytesRead: () => read });
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
    const { at } = sending(4 * MANY);
    expect(at(10_000, MANY).text(2_500)).toBe(', 250 rows/s, 30 s left');
  });

  test('leaves the time out until enough has gone through to tell', () => {
    const { at } = sending(4 * MANY);
    expect(at(10_000, MANY - 1).text(2_500)).toBe(', 250 rows/s');
  });

  test('is not told in the first second, nor before there is a row', () => {
    const { at } = sending(4 * MANY);
    expect(at(999, MANY).text(500)).toBe('');
    expect(at(1_000, MANY).text(0)).toBe('');
    expect(at(1_000, MANY).text(500)).toBe(', 500 rows/s, 3 s left');
  });

  test('has no time left of what has no size, nor when all is read', () => {
    expect(sending(null).at(2_000, MANY).text(10)).toBe(', 5 rows/s');
    expect(sending(MANY).at(2_000, MANY).text(10)).toBe(', 5 rows/s');
  });

  test('leaves out what came before a wait', () => {
    const { at } = sending(10 * MANY);
    at(60_000, MANY).restart(10);
    expect(at(70_000, 2 * MANY - 1).text(1_010)).toBe(', 100 rows/s');
    expect(at(70_000, 4 * MANY).text(1_010)).toBe(', 100 rows/s, 20 s left');
  });
});
