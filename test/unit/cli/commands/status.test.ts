import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../../../../cli/cli.ts';
import { defineStatus } from '../../../../cli/commands/status.ts';
import { plainStyle } from '../../../../cli/render/style.ts';
import { MINUTE_MS } from '../../../../shared/kernel/clock.ts';
import { leadJob } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

type World = ReturnType<typeof operateWorld>;

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What `mktq status --watch` writes, look by look, until somebody stops it before its `looks`-th pause is over. */
async function watched(
  world: World,
  { looks, words = [], terminal = {} }: { looks: number; words?: readonly string[]; terminal?: Terminal },
  onSleep: (pause: number) => unknown = () => {},
) {
  const out: string[] = [];
  const err: string[] = [];
  let code = 0;
  let pauses = 0;
  let asked = false;
  let ask = (): void => {};
  const whenAsked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const stack = { name: 'here' };
  const cli = {
    stdout: { ...terminal, write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
    env: {},
    clock: world.ports.clock,
    sleep: async (ms: number) => {
      expect(ms).toBeLessThan(MINUTE_MS);
      await world.ports.sleep(ms);
      pauses += 1;
      await onSleep(pauses);
      if (pauses < looks) return;
      asked = true;
      ask();
    },
    style: plainStyle,
    width: terminal.columns ?? Number.POSITIVE_INFINITY,
    json: words.includes('--json'),
    dataDir: '/data',
    connect: async () => ({ ...world.ports, stack, close() {} }),
    stop: () => ({
      get asked() {
        return asked;
      },
      whenAsked,
    }),
    exitWith: (wanted: number) => {
      code = Math.max(code, wanted);
    },
  } as unknown as Cli;
  const program = new Command('mktq').exitOverride();
  defineStatus(program, cli);
  await program.parseAsync(['status', '--watch'], { from: 'user' });
  return { out, err: err.join(''), code };
}

describe('mktq status --watch', () => {
  test('prints a line a look where there is no terminal, and ends at 0 when it is asked to', async () => {
    const world = operateWorld();
    const { out, err, code } = await watched(world, { looks: 2 }, (pause) =>
      pause === 1 ? world.deadLetter(leadJob('one')) : null,
    );
    expect(out).toEqual([
      '2026-11-22 12:00:00Z  open, 0 of 1,000 calls, 0 waiting, 0 in flight, 0 open dead letters of 0 causes\n',
      '2026-11-22 12:00:05Z  open, 0 of 1,000 calls, 0 waiting, 0 in flight, 1 open dead letter of 1 cause\n',
    ]);
    expect([err, code]).toEqual(['', 0]);
  });

  test('prints the JSON of a look on a line, with its time', async () => {
    const { out } = await watched(operateWorld(), { looks: 2, words: ['--json'] });
    const lines: { at: string }[] = out.map((line) => JSON.parse(line));
    expect(lines.map(({ at }) => at)).toEqual(['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:05.000Z']);
    expect(lines[0]).toMatchObject({ deadLetters: { open: 0 }, queue: { visible: 0 } });
  });

  test('draws each look on a terminal over the one before, no wider and no higher than that', async () => {
    const terminal = { isTTY: true, columns: 60, rows: 8 };
    const { out } = await watched(operateWorld(), { looks: 2, terminal });
    const looks = out.join('').split('\u001b[H').slice(1);
    expect(looks).toHaveLength(2);
    for (const look of looks) {
      expect(look.endsWith('\u001b[J\n')).toBe(true);
      const lines = look.replace('\u001b[J\n', '').split('\n');
      expect(lines.length).toBeLessThanOrEqual(7);
      expect(lines.every((line) => line.endsWith('\u001b[K') && line.length <= 63)).toBe(true);
    }
    const high = await watched(operateWorld(), {
      looks: 1,
      terminal: { isTTY: true, columns: 80, rows: 50 },
    });
    expect(high.out.join('')).toContain('again every 5 s; Ctrl-C ends it');
  });

  test('says what cannot be read for a moment, and goes on', async () => {
    const world = operateWorld();
    const { countParked } = world.ports.ledger;
    let isDown = false;
    world.ports.ledger.countParked = () =>
      isDown ? Promise.reject(new Error('the table is away')) : countParked();
    const { out, code } = await watched(world, { looks: 3 }, (pause) => {
      isDown = pause === 1;
    });
    expect(out.map((line) => line.includes('the parked jobs cannot be read: the table is away'))).toEqual([
      false,
      true,
      false,
    ]);
    expect(code).toBe(0);
  });
});
