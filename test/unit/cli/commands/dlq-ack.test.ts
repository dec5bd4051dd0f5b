import { describe, expect, test } from 'vitest';
import { Failure, UsageError } from '../../../../cli/exit.ts';
import { command } from '../../../support/command.ts';
import { leadJob, NOON } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

const DAY_MS = 24 * 3_600_000;

async function worldOfTwoCauses() {
  const world = operateWorld();
  for (const id of ['a', 'b']) await world.deadLetter(leadJob(id));
  await world.deadLetter(leadJob('c'), { message: 'another trouble' });
  const cause = world.letter('a')?.cause ?? '';
  const ack = (...words: readonly string[]) =>
    command(world.ports, ['dlq', 'ack', '--cause', cause, ...words]);
  return { world, cause, ack };
}

describe('mktq dlq ack', () => {
  test('silences a cause for a time, and says who did it and why wherever the cause is shown', async () => {
    const { world, cause, ack } = await worldOfTwoCauses();
    const json = await ack('--until', '3d', '--note', 'the CRM team is at it', '--json');
    const acknowledged = {
      at: new Date(NOON).toISOString(),
      by: 'ann',
      until: new Date(NOON + 3 * DAY_MS).toISOString(),
      note: 'the CRM team is at it',
      count: 2,
      silent: true,
    };
    expect(JSON.parse(json.out)).toEqual({ cause, ...acknowledged });
    const groups = JSON.parse((await command(world.ports, ['dlq', 'list', '--by-cause', '--json'])).out);
    expect(groups).toMatchObject([{ cause, count: 2, acknowledged }, { count: 1 }]);
    expect(groups[1]).not.toHaveProperty('acknowledged');
    const list = (await command(world.ports, ['dlq', 'list', '--by-cause'])).out;
    expect(list).toMatch(new RegExp(`Seen: ${cause} by ann, silent until .*: the CRM team is at it\\n`));
    const status = await command(world.ports, ['status']);
    expect(status.out).toContain('3 open dead letters of 2 causes, 1 silent');
    expect(status.out).toMatch(/another trouble[\s\S]*unknown fields[\s\S]*Seen: /);
    expect(status.out).toContain('dlq show c');
    expect(JSON.parse((await command(world.ports, ['status', '--json'])).out).deadLetters).toEqual({
      open: 3,
      silent: 2,
    });
    const shown = (await command(world.ports, ['dlq', 'show', 'b'])).out;
    expect(shown).toContain('ann: acknowledged the cause until 2026-11-25 12:00:00Z: the CRM team is at');
    expect((await command(world.ports, ['dlq', 'show', 'c'])).out).not.toContain('acknowledged');
  });

  test('lets a cause speak again when it has ten times the letters, or its time is over', async () => {
    const { world, ack } = await worldOfTwoCauses();
    await ack('--until', '2026-11-22T13:00:00Z', '--note', 'seen');
    for (let nth = 0; nth < 18; nth += 1) await world.deadLetter(leadJob(`more-${nth}`));
    const status = async () => (await command(world.ports, ['status'])).out;
    expect(await status()).not.toContain('silent:');
    expect(await status()).toContain('no longer silent, as there were 2: seen');
    await world.ports.sleep(3_600_000);
    expect(await status()).not.toContain('Seen: ');
  });

  test('is lifted, once, and the letter still says who did both', async () => {
    const { world, cause, ack } = await worldOfTwoCauses();
    await ack('--until', '3d', '--note', 'seen');
    expect((await ack('--lift')).out).toBe(`${cause} speaks again.\n`);
    await expect(ack('--lift')).rejects.toThrow(Failure);
    expect((await command(world.ports, ['status'])).out).not.toContain('Seen: ');
    const { out } = await command(world.ports, ['dlq', 'show', 'a']);
    expect(out).toMatch(/ann: acknowledged the cause until .*: seen\n.*ann: lifted that\n/);
    const json = JSON.parse((await command(world.ports, ['dlq', 'show', 'a', '--json'])).out);
    expect(json.acknowledged).toMatchObject({ by: 'ann', note: 'seen', count: 2, lifted: { by: 'ann' } });
  });

  test('of a second person leaves that of the first with the letter', async () => {
    const { world, ack } = await worldOfTwoCauses();
    await ack('--until', '3d', '--note', 'by the night shift');
    await ack('--until', '1d', '--note', 'by the day shift');
    const { out } = await command(world.ports, ['dlq', 'show', 'a']);
    expect(out).toMatch(/by the night shift\n[\s\S]*by the day shift\n/);
    const json = JSON.parse((await command(world.ports, ['dlq', 'show', 'a', '--json'])).out);
    expect(json.acknowledged).toMatchObject({
      note: 'by the day shift',
      before: [{ by: 'ann', note: 'by the night shift' }],
    });
    expect((await command(world.ports, ['status'])).out).not.toContain('night shift');
  });

  test('knows no cause without an open letter', async () => {
    const { world } = await worldOfTwoCauses();
    const words = ['dlq', 'ack', '--cause', '0123456789ab', '--until', '3d', '--note', 'seen'];
    await expect(command(world.ports, words)).rejects.toThrow('no open letter is of the cause');
    expect(await world.ports.acknowledgements.get()).toBeNull();
  });

  test.each([
    [['--until', '3d']],
    [['--note', 'seen']],
    [['--until', '3d', '--note', ' ']],
    [['--until', '3d', '--note', 'x'.repeat(501)]],
    [['--until', 'tomorrow', '--note', 'seen']],
    [['--until', '2026-11-21T12:00:00Z', '--note', 'seen']],
    [['--lift', '--until', '3d']],
    [['--cause', 'nonsense', '--until', '3d', '--note', 'seen']],
  ])('refuses %j as wrong usage', async (words) => {
    const { ack } = await worldOfTwoCauses();
    await expect(ack(...words)).rejects.toThrow(UsageError);
  });
});
