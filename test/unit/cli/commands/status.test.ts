import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../shared/kernel/clock.ts';
import { command } from '../../../support/command.ts';
import { leadJob } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** What `mktq status --watch` writes until somebody stops it before its `looks`-th pause is over. */
async function watched(
  { ports }: Pick<ReturnType<typeof operateWorld>, 'ports'>,
  { looks, words = [], terminal }: { looks: number; words?: readonly string[]; terminal?: Terminal },
  onSleep: (pause: number) => unknown = () => {},
) {
  let pauses = 0;
  const asked = Promise.withResolvers<void>();
  const stop = { asked: false, whenAsked: asked.promise };
  const sleep = async (ms: number) => {
    expect(ms).toBeLessThan(MINUTE_MS);
    await ports.sleep(ms);
    pauses += 1;
    await onSleep(pauses);
    if (pauses < looks) return;
    stop.asked = true;
    asked.resolve();
  };
  return command({ ...ports, sleep }, ['status', '--watch', ...words], {
    stop,
    ...(terminal === undefined ? {} : { stdout: terminal, width: terminal.columns }),
  });
}

/** The lines of a log. */
const linesOf = (out: string): readonly string[] => out.trimEnd().split('\n');

describe('mktq status --watch', () => {
  test('prints a line a look where there is no terminal, and ends at 0 when it is asked to', async () => {
    const world = operateWorld();
    const { out, err, code } = await watched(world, { looks: 2 }, (pause) =>
      pause === 1 ? world.deadLetter(leadJob('one')) : null,
    );
    expect(linesOf(out)).toEqual([
      '2026-11-22 12:00:00Z  open, 0 of 1,000 calls, 0 waiting, 0 in flight, 0 open dead letters of 0 causes',
      '2026-11-22 12:00:05Z  open, 0 of 1,000 calls, 0 waiting, 0 in flight, 1 open dead letter of 1 cause',
    ]);
    expect([err, code]).toEqual(['', 0]);
  });

  test('prints the JSON of a look on a line, with its time', async () => {
    const run = await watched(operateWorld(), { looks: 2, words: ['--json'] });
    const lines = run.lines<{ at: string }>();
    expect(lines.map(({ at }) => at)).toEqual(['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:05.000Z']);
    expect(lines[0]).toMatchObject({ deadLetters: { open: 0 }, queue: { visible: 0 } });
  });

  test('draws each look on a terminal over the one before, no wider and no higher than that', async () => {
    const terminal = { isTTY: true, columns: 60, rows: 8 };
    const { out } = await watched(operateWorld(), { looks: 2, terminal });
    const looks = out.split('\u001b[H').slice(1);
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
    expect(high.out).toContain('again every 5 s; Ctrl-C ends it');
  });

  test('says what cannot be read once, again when it is another trouble, and goes on', async () => {
    const world = operateWorld();
    const { archive, ledger } = world.ports;
    let trouble: string | null = null;
    const unless = <T>(ask: () => T): T => {
      if (trouble !== null) throw new Error(trouble);
      return ask();
    };
    const ports = {
      ...world.ports,
      ledger: { ...ledger, countParked: async () => unless(() => ledger.countParked()) },
      archive: {
        ...archive,
        summaries: (...part: Parameters<typeof archive.summaries>) =>
          unless(() => archive.summaries(...part)),
      },
    };
    const troubles = [null, 'the table is away', 'the table is away', 'throttled', null, 'throttled'];
    const { out, code } = await watched({ ports }, { looks: troubles.length }, (pause) => {
      trouble = troubles[pause] ?? null;
    });
    const said = linesOf(out).map((line) => /the dead letters, .*/.exec(line)?.[0] ?? null);
    const away = (why: string) => `the dead letters, the parked jobs cannot be read: ${why}`;
    expect(said).toEqual([null, away('the table is away'), null, away('throttled'), null, away('throttled')]);
    expect(code).toBe(0);
  });
});
