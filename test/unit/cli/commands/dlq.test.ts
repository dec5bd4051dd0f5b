import { describe, expect, test } from 'vitest';
import { Failure, UsageError } from '../../../../cli/exit.ts';
import { firstStep } from '../../../../shared/deadletter/advice/advice.ts';
import { pauseAccount } from '../../../../shared/operate/hold.ts';
import { command } from '../../../support/command.ts';
import { leadJob, NOON } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

type World = ReturnType<typeof operateWorld>;

/** Runs one command about letters on the world. */
const mktq = (world: World, words: readonly string[], more: Parameters<typeof command>[2] = {}) =>
  command(world.ports, words[0] === 'forget' ? words : ['dlq', ...words], more);

/** Somebody has asked for an end once this is so. */
const stopOnce = (isAsked: () => boolean) => ({
  get asked() {
    return isAsked();
  },
  whenAsked: new Promise<void>(() => {}),
});

async function worldOfThree() {
  const world = operateWorld();
  const { ports } = world;
  const response = '<a><b>x</b><c>two  spaces</c></a>';
  await world.deadLetter(leadJob('one'), {
    deadLetteredAt: NOON - 3_600_000,
    request: await ports.bodies.save('one/request', '<q/>', null),
    response: await ports.bodies.save('one/response', response, null),
    attempts: [
      {
        callId: 'call-1',
        at: NOON - 3_700_000,
        durationMs: 312,
        class: 'transient',
        code: 20011,
        httpStatus: 500,
        message: 'busy',
        counted: true,
      },
      {
        callId: 'call-1',
        at: NOON - 3_600_000,
        durationMs: 90,
        class: 'invalid-request',
        code: 20105,
        httpStatus: 500,
        message: 'pants',
        counted: true,
      },
    ],
  });
  await world.deadLetter(leadJob('two', 'b@example.com'), { deadLetteredAt: NOON - 60_000 });
  await world.deadLetter(leadJob('three', 'c@example.com'), {
    class: 'in-doubt',
    code: null,
    operation: 'requestCampaign',
    message: 'no answer \u001b[31mred\u001b[0m',
  });
  return { world, response };
}

describe('mktq dlq list', () => {
  test('answers JSON letters, newest first, without request and response', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, ['list', '--json']);
    const letters: readonly Record<string, unknown>[] = JSON.parse(out);
    expect(letters.map((letter) => letter['id'])).toEqual(['three', 'two', 'one']);
    expect(letters[2]).toMatchObject({ job: leadJob('one'), code: 20105 });
    expect(letters[2]).not.toHaveProperty('request');
    expect(letters[2]).not.toHaveProperty('response');
  });

  test('answers an empty JSON array for none, and limits only where it is told to', async () => {
    const { world } = await worldOfThree();
    expect(JSON.parse((await mktq(world, ['list', '--code', '1', '--json'])).out)).toEqual([]);
    expect(JSON.parse((await mktq(world, ['list', '--limit', '1', '--json'])).out)).toHaveLength(1);
    await expect(mktq(world, ['list', '--limit', '0'])).rejects.toThrow(UsageError);
  });

  test('groups by cause, largest first, with what to do', async () => {
    const { world } = await worldOfThree();
    const groups = JSON.parse((await mktq(world, ['list', '--by-cause', '--json'])).out);
    expect(groups).toMatchObject([
      { count: 2, code: 20105, sampleId: 'two' },
      { count: 1, class: 'in-doubt' },
    ]);
    const { out } = await mktq(world, ['list', '--by-cause']);
    expect(out).toContain('CAUSE');
    expect(out).toContain('Compare with describeMObject LeadRecord');
    expect(out).toContain(`dlq redrive --cause ${groups[0].cause} --dry-run`);
  });

  test.each([60, 80, 100])(
    'leaves message and advice of a cause the room that %d columns have',
    async (width) => {
      const world = operateWorld();
      const message =
        'the attribute FavouriteColour of the record is not a field of this instance of Marketo';
      await world.deadLetter(leadJob('one'), { code: 1006, operation: 'syncLead', message });
      const { out } = await mktq(world, ['list', '--by-cause'], { width: width });
      expect(out).toContain(message);
      expect(out).toContain(firstStep({ class: 'invalid-request', code: 1006, operation: 'syncLead' }));
    },
  );

  test('has a line a cause where there is room for words in it', async () => {
    const { world } = await worldOfThree();
    const [head = '', ...rows] = (await mktq(world, ['list', '--by-cause'], { width: 140 })).out.split('\n');
    expect(head).toMatch(/CAUSE +COUNT +CODE +OPERATION +MESSAGE +WHAT TO DO/);
    expect(rows.slice(0, 2).every((row) => /^[0-9a-f]{12} +\d/.test(row))).toBe(true);
  });

  test('suggests no redrive of a cause that a filter would leave out', async () => {
    const { world } = await worldOfThree();
    for (const id of ['m1', 'm2', 'm3'])
      await world.deadLetter(leadJob(id), { class: 'malformed', code: null });
    const groups = JSON.parse((await mktq(world, ['list', '--by-cause', '--json'])).out);
    expect(groups).toMatchObject([{ class: 'malformed' }, { code: 20105 }, { class: 'in-doubt' }]);
    const { out } = await mktq(world, ['list', '--by-cause']);
    expect(out).toContain(`dlq redrive --cause ${groups[1].cause} --dry-run`);
    expect((await mktq(world, ['list', '--by-cause', '--class', 'malformed'])).out).not.toContain(
      'redrive --cause',
    );
  });

  test('fits a narrow terminal and says what is not shown', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, ['list', '--limit', '2'], { width: 90 });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90);
    expect(out).toContain('2 letters shown; there are more.');
    expect(out).not.toContain('\u001b');
    expect((await mktq(operateWorld(), ['list'])).out).toBe('No open dead letters.\n');
  });

  test('goes on where a cut list says, under the same filter, until there is no more', async () => {
    const world = operateWorld();
    const ids = Array.from({ length: 5 }, (_, n) => `it's ${n}`.replace(' ', '-').replace("'", '.'));
    for (const id of ids) await world.deadLetter(leadJob(id, 'ann@example.com', { batch: "o'b" }));
    const met: string[] = [];
    let words = ['list', '--batch', "o'b", '--limit', '2'];
    for (let page = 0; page < 3; page += 1) {
      const { out } = await mktq(world, words);
      met.push(...(out.match(/^it\.s-\d/gm) ?? []));
      const [, typed] = /Go on: +npx mktq dlq (list .*)$/m.exec(out) ?? [];
      expect(out).toMatch(/By cause: +npx mktq dlq list --by-cause --batch 'o'\\''b'$/m);
      expect(typed === undefined).toBe(page === 2);
      if (typed === undefined) break;
      expect(typed).toContain("--batch 'o'\\''b'");
      words = ['list', '--batch', "o'b", '--limit', '2', '--after', typed.split(' ').at(-1) ?? ''];
    }
    expect(met).toEqual(ids.toReversed());
  });

  test('prints a long list in tables of a hundred, and counts what it shows', async () => {
    const world = operateWorld();
    for (let n = 0; n < 205; n += 1) await world.deadLetter(leadJob(`job-${n}`));
    const { out } = await mktq(world, ['list', '--limit', '1000']);
    expect(out.match(/^ID /gm)).toHaveLength(3);
    expect(out.match(/^job-/gm)).toHaveLength(205);
    expect(out).toContain('\n205 letters.\n');
    const { out: cut } = await mktq(world, ['list', '--limit', '200']);
    expect(cut).toContain('200 letters shown; there are more.');
  });

  test('refuses to go on after a letter that there is not, or in a list of causes', async () => {
    const { world } = await worldOfThree();
    await expect(mktq(world, ['list', '--after', 'x'])).rejects.toThrow('no dead letter "x"');
    await expect(mktq(world, ['list', '--by-cause', '--after', 'one'])).rejects.toThrow('--after goes on');
  });
});

describe('mktq dlq show of a job that shared its call', () => {
  async function sharing() {
    const world = operateWorld();
    const attempt = {
      callId: '0f3c',
      shared: 214,
      at: NOON,
      durationMs: 90,
      class: 'transient' as const,
      code: 20011,
      httpStatus: 500,
      message: 'busy',
      counted: true,
    };
    await world.deadLetter(leadJob('one'), { attempts: [attempt] });
    return world;
  }
  const kept = {
    callId: '0f3c',
    operation: 'syncMultipleLeads',
    jobs: 214,
    at: NOON,
    httpStatus: 500,
    request: '<many/>',
    response: '<fault/>',
  };

  test('says with how many, in which call, and where the whole of it is', async () => {
    const world = await sharing();
    const { out } = await mktq(world, ['show', 'one'], { width: 120 });
    expect(out).toContain('call 0f3c, which it shared with 213 others');
    expect(out).toContain('dlq show one --call');
    expect(JSON.parse((await mktq(world, ['show', 'one', '--json'])).out).attempts).toMatchObject([
      { shared: 214, callId: '0f3c' },
    ]);
  });

  test('prints the whole call with --call, or says why it is not there', async () => {
    const world = await sharing();
    await expect(mktq(world, ['show', 'one', '--call'])).rejects.toThrow('0f3c is not kept');
    await world.ports.calls.keep(kept, NOON);
    expect(JSON.parse((await mktq(world, ['show', 'one', '--call', '--json'])).out)).toEqual({
      ...kept,
      at: new Date(NOON).toISOString(),
    });
    expect((await mktq(world, ['show', 'one', '--call'])).out).toContain('<many/>');
    await world.deadLetter(leadJob('alone'));
    await expect(mktq(world, ['show', 'alone', '--call'])).rejects.toThrow('alone shared no call');
    await expect(mktq(world, ['show', 'none', '--call'])).rejects.toThrow(Failure);
  });
});

describe('mktq dlq show', () => {
  test('answers request and response unaltered in JSON', async () => {
    const { world, response } = await worldOfThree();
    expect(JSON.parse((await mktq(world, ['show', 'one', '--json'])).out)).toMatchObject({
      id: 'one',
      request: '<q/>',
      response,
    });
  });

  test('explains: what happened, what it means, what to do, when, with what, and what to type', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, ['show', 'one'], { width: 100 });
    for (const part of [
      'What happened      syncLead operation failed: unknown fields for import: pants',
      'What it means      An attrName is not a field of the instance.',
      'What to do         Compare with describeMObject',
      'Attempts (2 calls, 2 counted)',
      'transient 20011',
      '    <b>x</b>',
      '    <c>two  spaces</c>',
      'npx mktq dlq redrive one',
    ]) {
      expect(out).toContain(part);
    }
  });

  test('offers for a letter in doubt either way out, and lets no reply colour the screen', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, ['show', 'three']);
    expect(out).toContain('getLeadActivity');
    expect(out).toMatch(/dlq redrive three\s+if it did not run/);
    expect(out).not.toContain('\u001b');
  });

  test('says what became of a letter that is closed', async () => {
    const { world } = await worldOfThree();
    await mktq(world, ['redrive', 'one']);
    await mktq(world, ['discard', 'two', '--reason', 'test data']);
    expect((await mktq(world, ['show', 'one'])).out).toContain('redriven to epoch 1, 2026-11-22');
    expect((await mktq(world, ['show', 'two'])).out).toContain('discarded: test data, 2026-11-22');
  });

  test('shows who did what to it', async () => {
    const { world } = await worldOfThree();
    await mktq(world, ['redrive', 'one']);
    const { out } = await mktq(world, ['show', 'one'], { width: 80 });
    expect(out).toContain('Actions\n  2026-11-22 12:00:00Z  ann: redriven\n');
    await mktq(world, ['discard', 'two', '--reason', 'test data']);
    expect((await mktq(world, ['show', 'two'], { width: 80 })).out).toMatch(
      /Z {2}ann: discarded: test data\n/,
    );
    expect(JSON.parse((await mktq(world, ['show', 'two', '--json'])).out).actions).toMatchObject([
      { action: 'discard', by: 'ann', note: 'test data' },
    ]);
  });

  test('fails for a letter that does not exist', async () => {
    await expect(mktq(operateWorld(), ['show', 'none'])).rejects.toThrow(Failure);
  });
});

describe('mktq dlq redrive', () => {
  test('answers exactly the four counts, and says on stderr what was left out', async () => {
    const { world } = await worldOfThree();
    const { out, err, code } = await mktq(world, ['redrive', '--all', '--json']);
    expect(JSON.parse(out)).toEqual({ selected: 3, redriven: 2, skipped: 1, stopped: false });
    expect(err).toContain('skipped 1 (three): in doubt');
    expect(code).toBe(0);
    expect(
      world
        .sent()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['one', 'two']);
  });

  test('ends with 1 and names the letter where one of the few died again', async () => {
    const { world } = await worldOfThree();
    world.onSleep = async () => {
      for (const job of world.sent()) {
        if (world.ports.ledger.row(job.id)?.state.kind !== 'queued') continue;
        const { letterId } = await world.deadLetter(job, {});
        await world.setState(job.id, { kind: 'dead-lettered', at: NOON, letterId, quietUntil: null });
      }
    };
    const { out, err, code } = await mktq(world, ['redrive', 'one']);
    expect(out).toContain(
      '1 letter of 1 redriven.\nOf the 1 that were waited for: 0 completed, 1 died again.',
    );
    expect(err).toContain("died again, of the same cause: one: npx mktq dlq show 'one#1'\n");
    expect(code).toBe(1);
    const json = await mktq(world, ['redrive', 'two', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ redriven: 1, diedAgain: 1, stopped: false });
  });

  test('says a line a minute while it waits, though stderr is no terminal', async () => {
    const { world } = await worldOfThree();
    const { err } = await mktq(world, ['redrive', 'one']);
    expect(err).toMatch(/^waiting for all 1 to end \(0 have\), for 1 min\n/);
    expect(err).toContain('1 of the first 1 have not ended within 120 s');
    expect(err.match(/waiting for all/g)).toHaveLength(2);
  });

  test('sends nothing under a hold, names its end, and fails', async () => {
    const { world } = await worldOfThree();
    await pauseAccount(world.ports, 'maintenance');
    for (const words of [
      ['redrive', '--all'],
      ['redrive', 'one'],
      ['redrive', '--all', '--no-trial'],
    ]) {
      const { out, err, code } = await mktq(world, words);
      expect(out).toContain('0 letters of');
      expect(err).toContain('the account is held by operator');
      expect(err).toContain('until mktq resume');
      expect(code).toBe(1);
    }
    expect(world.sent()).toEqual([]);
  });

  test('sends all at once and waits for nothing with --no-trial', async () => {
    const { world } = await worldOfThree();
    const { out, code } = await mktq(world, ['redrive', '--all', '--no-trial']);
    expect(out).toBe('2 letters of 3 redriven.\n');
    expect(code).toBe(0);
  });

  test('sends nothing on a dry run and says what it would cost', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, ['redrive', '--code', '20105', '--dry-run', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      selected: 2,
      redriven: 0,
      dryRun: { jobs: 2, calls: 1, quota: 1_000 },
    });
    const human = await mktq(world, ['redrive', '--code', '20105', '--dry-run']);
    expect(human.out).toContain('2 jobs of 2 selected');
    expect(human.out).toContain('at least 1 (less than 1 % of the 1,000 left today; 1,000 a day)');
    expect(human.out).toContain('Nothing was sent.');
    expect(world.sent()).toEqual([]);
  });

  test('fails where an id asked for could not be sent', async () => {
    const { world } = await worldOfThree();
    await mktq(world, ['redrive', 'one']);
    const again = await mktq(world, ['redrive', 'one', '--json']);
    expect(JSON.parse(again.out)).toEqual({ selected: 1, redriven: 0, skipped: 1, stopped: false });
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('redriven already') });
    await expect(mktq(world, ['redrive', 'two', 'none'])).rejects.toThrow(Failure);
    expect(world.letter('two')?.status).toBe('open');
  });

  test('says in words why the edit cannot be read', async () => {
    const { world } = await worldOfThree();
    await expect(mktq(world, ['redrive', 'one', '--edit', '/nowhere.json'])).rejects.toThrow(
      new Failure('cannot read /nowhere.json: there is no such file'),
    );
  });

  test('takes the edit from stdin', async () => {
    const { world } = await worldOfThree();
    const job = leadJob('one', 'corrected@example.com');
    await mktq(world, ['redrive', 'one', '--edit', '-'], { stdin: JSON.stringify(job) });
    expect(world.sent()).toEqual([{ ...job, epoch: 1 }]);
  });

  test.each([
    [['redrive']],
    [['redrive', 'one', '--code', '20105']],
    [['redrive', '--all', '--code', '20105']],
    [['redrive', '--status', 'discarded']],
    [['redrive', '--all', '--edit', 'x.json']],
    [['redrive', 'one', 'two', '--edit', 'x.json']],
    [['redrive', '--class', 'nonsense']],
    [['discard', '--reason', 'x']],
    [['discard', 'one', '--reason', ' ']],
    [['export']],
    [['forget', '--lead', 'lead:EMAIL: ']],
  ])('and its siblings refuse %j as wrong usage, and touch nothing', async (words) => {
    const { world } = await worldOfThree();
    await expect(mktq(world, words)).rejects.toThrow(UsageError);
    expect(world.sent()).toEqual([]);
    expect(world.letter('one')?.status).toBe('open');
  });
});

describe('mktq dlq discard', () => {
  test('closes by a filter, and wants a reason', async () => {
    const { world } = await worldOfThree();
    await expect(mktq(world, ['discard', '--all'])).rejects.toThrow('--reason');
    for (const reason of [' ', 'x'.repeat(501)])
      await expect(mktq(world, ['discard', '--all', '--reason', reason])).rejects.toThrow(UsageError);
    const { out } = await mktq(world, ['discard', '--code', '20105', '--reason', 'test data', '--json']);
    expect(JSON.parse(out)).toEqual({ selected: 2, discarded: 2, skipped: 0 });
    expect(world.letter('one')).toMatchObject({ status: 'discarded', closing: { note: 'test data' } });
    expect(world.letter('three')?.status).toBe('open');
  });

  test('says of many that it leaves out for one reason how many they are, in one line', async () => {
    const world = operateWorld();
    const ids = Array.from({ length: 7 }, (_, nth) => `j${nth}`);
    for (const id of ids) await world.deadLetter(leadJob(id));
    await mktq(world, ['discard', ...ids, '--reason', 'test data']);
    const { err, code } = await mktq(world, ['discard', ...ids, '--reason', 'test data']);
    expect(err).toBe('skipped 7 (j0 j1 j2 j3 j4 …): it is discarded already\n');
    expect(code).toBe(1);
  });

  test('says once of a table that may not be written that nothing was discarded', async () => {
    const world = operateWorld();
    for (let nth = 0; nth < 7; nth += 1) await world.deadLetter(leadJob(`j${nth}`));
    world.ports.archive.change = () => Promise.reject(new Error('not authorized to perform PutItem'));
    const words = ['discard', '--all', '--reason', 'test data'];
    const { out, err, code } = await mktq(world, words);
    expect(out).toBe('0 letters of 7 discarded.\n');
    expect(err).toMatch(/^not discarded 7 \((?:j\d ){5}…\): not authorized to perform PutItem\n$/);
    expect(code).toBe(1);
  });

  test('says when it is stopped how many are discarded, and goes on when it is typed again', async () => {
    const world = operateWorld();
    for (let nth = 0; nth < 40; nth += 1) await world.deadLetter(leadJob(`j${nth}`));
    const closed = () => world.ports.archive.letters().filter(({ status }) => status === 'discarded');
    const words = ['discard', '--all', '--reason', 'test data'];
    const asked = () => closed().length > 0;
    const { out, err, code } = await mktq(world, words, { stop: stopOnce(asked) });
    const discarded = closed().length;
    expect(discarded).toBeGreaterThan(0);
    expect(discarded).toBeLessThan(40);
    expect(out).toBe(`${discarded} letters of 40 discarded.\n`);
    expect(err).toContain(`stopped: ${40 - discarded} letters left open; to go on, type the same command`);
    expect(code).toBe(1);
    const again = await mktq(world, [...words, '--json']);
    expect(JSON.parse(again.out)).toEqual({
      selected: 40 - discarded,
      discarded: 40 - discarded,
      skipped: 0,
    });
    expect(again.code).toBe(0);
  });

  test('says so in JSON, too', async () => {
    const { world } = await worldOfThree();
    const stop = stopOnce(() => true);
    const { out } = await mktq(world, ['discard', '--all', '--reason', 'x', '--json'], { stop });
    expect(JSON.parse(out)).toEqual({ selected: 3, discarded: 0, skipped: 0, stopped: true });
  });
});

describe('mktq dlq discard of many', () => {
  async function worldOfMany(letters: number) {
    const world = operateWorld();
    for (let nth = 0; nth < letters; nth += 1) await world.deadLetter(leadJob(`j${nth}`));
    return world;
  }
  const words = ['discard', '--all', '--reason', 'test data'];
  const closed = (world: World) =>
    world.ports.archive.letters().filter(({ status }) => status === 'discarded').length;

  test('only says what it would close, by cause, on a dry run', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, [...words, '--dry-run', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      selected: 3,
      discarded: 0,
      skipped: 0,
      dryRun: {
        letters: 3,
        causes: [
          { count: 2, code: 20105 },
          { count: 1, class: 'in-doubt' },
        ],
      },
    });
    await mktq(world, ['discard', 'one', '--reason', 'x']);
    const human = await mktq(world, ['discard', 'one', 'two', '--reason', 'x', '--dry-run'], { width: 80 });
    expect(human.out).toContain('Would discard 1 letter of 2 selected.');
    expect(human.out).toContain('Nothing was changed.');
    expect(closed(world)).toBe(1);
  });

  test('asks past a hundred, and closes nothing without a yes', async () => {
    const world = await worldOfMany(101);
    const asked: string[] = [];
    const terminal = (answer: string) => ({
      ask: async (question: string) => {
        asked.push(question);
        return answer;
      },
    });
    await expect(mktq(world, words, { terminal: terminal('') })).rejects.toThrow('nothing was changed');
    await expect(mktq(world, words, { terminal: terminal('no') })).rejects.toThrow(Failure);
    expect(closed(world)).toBe(0);
    await mktq(world, words, { terminal: terminal('Yes') });
    expect(closed(world)).toBe(101);
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'Discard 101 dead letters? [y/N] '));
  });

  test.each([
    ['a hundred', 100, true, words],
    ['nobody who could be asked', 101, false, words],
    ['--yes', 101, true, [...words, '--yes']],
  ] as const)('asks nothing of %s', async (_, letters, isTerminal, typed) => {
    const world = await worldOfMany(letters);
    const terminal = { ask: () => Promise.reject(new Error('asked')) };
    await mktq(world, typed, { terminal: isTerminal ? terminal : undefined });
    expect(closed(world)).toBe(letters);
  });
});

describe('mktq dlq reopen', () => {
  test('opens what was discarded, by ids or a filter, and says what it passed over', async () => {
    const { world } = await worldOfThree();
    await mktq(world, ['discard', 'one', 'two', '--reason', 'a slip']);
    const all = await mktq(world, ['reopen', '--code', '20105', '--json']);
    expect(JSON.parse(all.out)).toEqual({ selected: 2, reopened: 2, skipped: 0 });
    expect(world.letter('one')).toMatchObject({ status: 'open' });
    const { out, err, code } = await mktq(world, ['reopen', 'one']);
    expect(out).toBe('0 letters of 1 reopened.\n');
    expect(err).toBe('skipped 1 (one): it is open\n');
    expect(code).toBe(1);
    expect((await mktq(world, ['show', 'one'])).out).toMatch(/ann: discarded: a slip\n.*ann: reopened\n/);
  });

  test('means discarded letters alone, and wants some to be named', async () => {
    const { world } = await worldOfThree();
    await expect(mktq(world, ['reopen'])).rejects.toThrow(UsageError);
    await expect(mktq(world, ['reopen', '--status', 'open'])).rejects.toThrow(UsageError);
    await expect(mktq(world, ['reopen', 'none'])).rejects.toThrow(Failure);
    expect((await mktq(world, ['reopen', '--all'])).out).toBe('0 letters of 0 reopened.\n');
  });
});

describe('mktq dlq export', () => {
  test('prints one whole letter per line, in the order of the ids', async () => {
    const { world, response } = await worldOfThree();
    const { out } = await mktq(world, ['export', 'two', 'one']);
    const lines: readonly unknown[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ id: 'two' }, { id: 'one', request: '<q/>', response }]);
    const all = (await mktq(world, ['export', '--all'])).out.trimEnd().split('\n');
    expect(all).toHaveLength(3);
  });
});

describe('mktq forget', () => {
  test('says what it erased', async () => {
    const { world } = await worldOfThree();
    const { out } = await mktq(world, ['forget', '--lead', 'ANN@example.com', '--json']);
    expect(JSON.parse(out)).toEqual({
      jobs: 1,
      lettersRemoved: ['one'],
      lettersRedacted: [],
      waiting: [],
      failed: [],
    });
    expect((await mktq(world, ['forget', '--lead', 'b@example.com'])).out).toContain(
      'Removed       1 dead letter: two',
    );
  });

  test('says when it is stopped how much it has looked at, and goes on when it is typed again', async () => {
    const { world } = await worldOfThree();
    const words = ['forget', '--lead', 'ann@example.com'];
    let looks = 0;
    const stopped = await mktq(world, words, { stop: stopOnce(() => ++looks > 1) });
    expect(stopped.err).toContain('stopped after 1 letter, row or text of all that is kept');
    expect(stopped.err).toContain('to go on, type the same command again');
    expect(stopped.code).toBe(1);
    const again = JSON.parse((await mktq(world, [...words, '--json'])).out);
    expect(again).not.toHaveProperty('stoppedAfter');
    expect(world.letter('one')?.message).toBe('[forgotten]');
  });
});

describe('a letter that cannot be read', () => {
  /** Three letters, of which the one in the middle is unreadable, one has lost its texts and one nests without end. */
  async function worldWithBad() {
    let isSpoilt = false;
    const world = operateWorld({
      archive: (method, id) => (isSpoilt && method === 'get' && id === 'bad' ? 'throw' : null),
    });
    const deep = `{"version":1,"id":"deep","meta":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    for (const [i, id] of ['first', 'bad', 'gone', 'deep'].entries()) {
      const jobBody = id === 'deep' ? deep : undefined;
      const request =
        id === 'gone' ? await world.ports.bodies.save('gone/request', 'x'.repeat(100_000), null) : null;
      await world.deadLetter(leadJob(id, `${id}@example.com`), {
        deadLetteredAt: NOON - i,
        request,
        ...(jobBody === undefined ? {} : { jobBody }),
      });
    }
    world.ports.bodies.lose('gone/request');
    isSpoilt = true;
    return world;
  }

  test.each([
    ['list', '--all', '--json'],
    ['export', '--all'],
    ['redrive', '--all'],
    ['redrive', '--all', '--dry-run'],
    ['discard', '--all', '--reason', 'test'],
    ['redrive', 'first', 'bad'],
    ['discard', 'first', 'bad', '--reason', 'test'],
    ['export', 'first', 'bad'],
  ])('is a line on stderr of dlq %s %s, which goes on and exits 1', async (...words) => {
    const world = await worldWithBad();
    const { out, err, code } = await mktq(world, words);
    const said = words[0] === 'discard' ? 'not discarded 1 (bad)' : 'letter bad cannot be read';
    expect(err.split('\n')).toContain(`${said}: get of bad failed, as the test asked`);
    expect(code).toBe(1);
    expect(out).not.toBe('');
    if (words[0] === 'list')
      expect(JSON.parse(out).map(({ id }: { id: string }) => id)).toEqual(['first', 'gone', 'deep']);
    if (words[0] === 'export') expect(out).toContain('"id":"first"');
    if (words[0] === 'discard') expect(world.letter('first')?.status).toBe('discarded');
    if (words[0] === 'redrive' && !words.includes('--dry-run')) {
      expect(world.sent().map(({ id }) => id)).toContain('first');
    }
  });

  test('is counted among what a discard has skipped', async () => {
    const { out } = await mktq(await worldWithBad(), ['discard', '--all', '--reason', 'test', '--json']);
    expect(JSON.parse(out)).toEqual({ selected: 4, discarded: 3, skipped: 1 });
  });

  test('is a line of forget, which erases all the same what can be read', async () => {
    const world = await worldWithBad();
    const { out, err, code } = await mktq(world, ['forget', '--lead', 'gone@example.com', '--json']);
    expect(err).toMatch(/^not erased: bad: get of bad failed/m);
    expect(JSON.parse(out)).toMatchObject({ lettersRemoved: ['gone'], failed: [{ id: 'bad' }] });
    expect(code).toBe(1);
  });
});
