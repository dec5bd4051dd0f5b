import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Failure, UsageError } from '../../../../cli/exit.ts';
import type { Job } from '../../../../shared/job/job.ts';
import { messageFor } from '../../../../shared/job/message.ts';
import { pauseAccount } from '../../../../shared/operate/hold.ts';
import { prepareLetter } from '../../../../shared/operate/redrive/letter.ts';
import { command } from '../../../support/command.ts';
import { leadJob, NOON } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

type World = ReturnType<typeof operateWorld>;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-repair-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const coloured = (id: string, attrName: string, note = ''): Job => ({
  ...leadJob(id, undefined, note === '' ? {} : { meta: { note } }),
  operation: 'syncLead',
  params: {
    leadRecord: {
      Email: `${id}@example.com`,
      leadAttributeList: { attribute: [{ attrName, attrValue: 'red' }] },
    },
    returnLead: false,
  },
});

async function worldOf(...jobs: readonly Job[]): Promise<World> {
  const world = operateWorld();
  for (const job of jobs) await world.deadLetter(job, { deadLetteredAt: NOON - 60_000 });
  return world;
}

const some = (count: number, note = ''): readonly Job[] =>
  Array.from({ length: count }, (_, nth) => coloured(`j${nth}`, 'Colour', note));

const sentIds = (world: World): readonly string[] =>
  world
    .sent()
    .map(({ id }) => id)
    .sort();

/** Every job that waits ends while somebody waits for it; those of `dying` in another letter. */
function endsWell(world: World, dying: readonly string[] = []): void {
  world.onSleep = async () => {
    for (const job of world.sent()) {
      if (world.ports.ledger.row(job.id)?.state.kind !== 'queued') continue;
      if (!dying.includes(job.id)) {
        await world.setState(job.id, { kind: 'completed', at: NOON, result: null, resultDropped: false });
        continue;
      }
      const row = world.ports.ledger.row(job.id);
      const { letterId } = await world.deadLetter(job, { message: 'another trouble' });
      if (row !== null) await world.putRow(row);
      await world.setState(job.id, { kind: 'dead-lettered', at: NOON, letterId, quietUntil: null });
    }
  };
}

describe('mktq dlq redrive with fields', () => {
  test('renames a column in all letters of a filter, and says which it left out', async () => {
    const world = await worldOf(coloured('a', 'Colour'), coloured('b', 'Pants'));
    endsWell(world);
    const { out, err, code } = await command(world.ports, [
      'dlq',
      'redrive',
      '--all',
      '--rename',
      'Colour=color',
    ]);
    expect(world.sent()).toEqual([{ ...coloured('a', 'color'), epoch: 1 }]);
    expect(out).toContain('1 letter of 2 redriven.');
    expect(err).toContain('skipped 1 (b): none of the fields to be changed is in them');
    expect(code).toBe(0);
    expect(world.letter('b')?.status).toBe('open');
  });

  test('takes several edits at once: names first, then what goes, then values', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    const words = [
      '--set',
      'FirstName=A=B',
      '--set',
      'Score=',
      '--unset',
      'color',
      '--rename',
      'Colour=color',
    ];
    await command(world.ports, ['dlq', 'redrive', 'a', '--no-trial', ...words]);
    expect(world.sent()[0]?.params).toMatchObject({
      leadRecord: {
        leadAttributeList: {
          attribute: [
            { attrName: 'FirstName', attrValue: 'A=B' },
            { attrName: 'Score', attrValue: '' },
          ],
        },
      },
    });
  });

  test('shows on a dry run what becomes of the first three, in the width of the terminal, and sends nothing', async () => {
    const world = await worldOf(...some(5));
    const words = ['dlq', 'redrive', '--all', '--rename', `Colour=${'c'.repeat(100)}`, '--dry-run'];
    const { out } = await command(world.ports, words, { width: 80 });
    expect(out.match(/^ {2}params\.leadRecord\.leadAttributeList\.attribute\[0\]\.attrName$/gm)).toHaveLength(
      3,
    );
    expect(out).toContain('  - "Colour"\n  + "ccc');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain('Would redrive  5 jobs of 5 selected');
    const { dryRun } = JSON.parse((await command(world.ports, [...words, '--json'])).out);
    expect(dryRun.edits).toHaveLength(3);
    expect(dryRun.edits[0]).toEqual({
      id: expect.stringMatching(/^j\d$/),
      changes: [
        {
          path: 'params.leadRecord.leadAttributeList.attribute[0].attrName',
          before: 'Colour',
          after: 'c'.repeat(100),
        },
      ],
    });
    expect(world.sent()).toEqual([]);
  });

  test('names what would be no valid job, sends the others, and fails', async () => {
    const world = await worldOf(coloured('a', 'Colour'), leadJob('b'));
    const forgotten = messageFor(coloured('b', 'Colour')).body.replace('red', '[forgotten]');
    await world.ports.archive.change(
      'b',
      (head) => head && { ...head, job: { kind: 'inline', text: forgotten } },
    );
    const words = ['dlq', 'redrive', '--all', '--no-trial', '--rename', 'Colour=color'];
    const { err, code } = await command(world.ports, words);
    expect(sentIds(world)).toEqual(['a']);
    expect(err).toContain('not redriven: b: it names [forgotten], a lead that was erased');
    expect(code).toBe(1);
  });

  test.each([
    [['--rename', 'Colour']],
    [['--rename', '=color']],
    [['--rename', 'Colour=']],
    [['--rename', 'Colour=Colour']],
    [['--rename', 'Colour=Email']],
    [['--set', 'Id=17']],
    [['--set', 'Colour']],
    [['--unset', '']],
    [['--set', 'a=b', '--edit-with', 'cat']],
    [['--edit-with', ' ']],
    [['--edit', 'x.json', '--edit-with', 'cat']],
    [['--set', 'a=b', '--dry-run', '--wait']],
    [['--edit']],
  ])('refuses %j as wrong usage', async (words) => {
    const world = await worldOf(coloured('a', 'Colour'));
    await expect(command(world.ports, ['dlq', 'redrive', '--all', ...words])).rejects.toThrow(UsageError);
    expect(world.sent()).toEqual([]);
  });
});

describe('mktq dlq redrive --edit-with', () => {
  /** A program of a few lines, which reads stdin to its end and writes what it makes of the lines. */
  function program(body: string): string {
    const path = join(dir, 'program.mjs');
    const read = `let text = ''; for await (const piece of process.stdin) text += piece;`;
    writeFileSync(path, `${read}\nconst lines = text.trim().split('\\n');\n${body}`);
    return `"${process.execPath}" "${path}"`;
  }
  const redrive = (world: World, edit: string, ...words: readonly string[]) =>
    command(world.ports, ['dlq', 'redrive', '--all', '--no-trial', '--edit-with', edit, ...words]);

  test('sends what one process makes of all of them, in whatever order it gives them back', async () => {
    // More than a pipe holds, read to the end before the first answer.
    const world = await worldOf(...some(200, 'x'.repeat(1_000)));
    const mend = program(
      `process.stdout.write(lines.reverse().map((line) => line.replace('Colour', 'color')).join('\\n') + '\\n');`,
    );
    const { out, code } = await redrive(world, mend);
    expect(out).toBe('200 letters of 200 redriven.\n');
    expect(code).toBe(0);
    expect(world.sent().every((job) => JSON.stringify(job).includes('"color"'))).toBe(true);
    expect(world.letter('j0')?.actions).toMatchObject([{ action: 'edited-redrive' }]);
  });

  test('is fed while it is read: neither waits for the other, however much it writes', async () => {
    const world = await worldOf(...some(200, 'x'.repeat(1_000)));
    expect((await redrive(world, 'cat')).out).toBe('200 letters of 200 redriven.\n');
    expect(world.letter('j0')?.actions).toMatchObject([{ action: 'redrive' }]);
  });

  test('sends what names one lead now in the order in which it was enqueued', async () => {
    const world = operateWorld();
    const second = { deadLetteredAt: NOON - 2, sequenceNumber: '2' };
    await world.deadLetter(leadJob('second', 'an@example.com'), second);
    await world.deadLetter(leadJob('first', 'annn@example.com'), {
      ...second,
      deadLetteredAt: NOON - 1,
      sequenceNumber: '1',
    });
    await redrive(world, 'sed -E s/an+@/ann@/');
    expect(world.sent().map(({ id }) => id)).toEqual(['first', 'second']);
  });

  test.each([
    ['leaves out what a later write of the lead that it names now has overtaken', 1, [], []],
    ['sends that with --superseded', 1, ['--superseded'], ['a']],
    ['sends what only an earlier write of that lead was before', -1, [], ['a']],
  ])('%s', async (_, later, words, sent) => {
    const world = await worldOf(leadJob('a', 'an@example.com'));
    const { ledger } = world.ports;
    await world.deadLetter(leadJob('b', 'ann@example.com'));
    const row = ledger.row('b');
    if (row === null) throw new Error('no row');
    const state = { kind: 'completed', at: NOON, result: null, resultDropped: false } as const;
    ledger.put({ ...row, enqueuedAt: NOON + later, state });
    const { err, code } = await redrive(world, 'sed s/an@/ann@/', ...words);
    expect(sentIds(world)).toEqual(sent);
    expect(err.includes('a later write of the same lead has completed; --superseded')).toBe(
      sent.length === 0,
    );
    expect(code).toBe(0);
  });

  test('leaves out, and names, what it cannot tell of, and sends the others', async () => {
    const world = await worldOf(leadJob('a', 'an@example.com'), leadJob('c', 'cy@example.com'));
    const { ledger } = world.ports;
    const list = ledger.list.bind(ledger);
    ledger.list = (query) => {
      if (query.by.kind === 'key' && query.by.orderingKey === 'lead:EMAIL:ann@example.com')
        throw new Error('schema 9');
      return list(query);
    };
    const { err, code } = await redrive(world, 'sed s/an@/ann@/');
    expect(sentIds(world)).toEqual(['c']);
    expect(err).toContain('letter a cannot be read: schema 9');
    expect(code).toBe(1);
  });

  test.each([
    ['gives back fewer', `console.log(lines.slice(1).join('\\n'));`, 'j0: did not come back'],
    ['gives one back twice', `console.log([...lines, lines[0]].join('\\n'));`, 'came back twice'],
    [
      'changes an id',
      `console.log(lines.join('\\n').replace('"j0"', '"other"'));`,
      'other: was not asked for',
    ],
    ['writes no job', `console.log(lines.join('\\n').replace('"Email"', '"mail"'));`, 'unknown name'],
    ['ends with 3', `console.log(lines.join('\\n')); process.exitCode = 3;`, ''],
  ])('sends nothing if the program %s', async (_, body, words) => {
    const world = await worldOf(...some(3));
    await expect(redrive(world, program(body))).rejects.toThrow('nothing was sent');
    expect(world.sent()).toEqual([]);
    expect(world.letter('j0')?.status).toBe('open');
    if (words === '') return;
    const err: string[] = [];
    const { editWith } = await import('../../../../cli/redrive/edit-with.ts');
    const { planRedrive } = await import('../../../../shared/operate/redrive/plan-redrive.ts');
    const choice = { by: 'id', includeInDoubt: false, superseded: false, edited: false } as const;
    const plan = await planRedrive(world.ports, ['j0', 'j1', 'j2'], choice);
    const stderr = { write: (text: string) => err.push(text) > 0 };
    const wanted = { by: 'id', superseded: false, edits: new Map() } as const;
    await expect(editWith({ stderr }, world.ports, plan, program(body), wanted)).rejects.toThrow(Failure);
    expect(err.join('')).toContain(words);
  });

  test('sends nothing if the program does not read to the end, or is none', async () => {
    const world = await worldOf(...some(300, 'x'.repeat(1_000)));
    await expect(redrive(world, 'head -n 1')).rejects.toThrow('nothing was sent');
    await expect(redrive(world, join(dir, 'nowhere'))).rejects.toThrow('it ended with 127; nothing was sent');
    expect(world.sent()).toEqual([]);
  });

  test('does not listen for ever to a program that writes without end', async () => {
    const world = await worldOf(...some(2));
    await expect(redrive(world, 'yes 2>/dev/null')).rejects.toThrow('nothing was sent');
    await expect(redrive(world, `tr '\\0' a </dev/zero 2>/dev/null`)).rejects.toThrow('nothing was sent');
  });

  test('shows on a dry run what it changes', async () => {
    const world = await worldOf(...some(4));
    const { out } = await redrive(world, 'sed s/Colour/color/', '--dry-run');
    expect(out.match(/\+ "color"/g)).toHaveLength(3);
    expect(world.sent()).toEqual([]);
  });
});

describe('mktq dlq redrive --edit', () => {
  /** An editor that does this to its file, without a look at a terminal. */
  function editor(body: string): string {
    const path = join(dir, 'editor.sh');
    writeFileSync(path, `#!/bin/sh\nprintf '%s' "$1" >"${join(dir, 'edited')}"\n${body}\n`);
    chmodSync(path, 0o700);
    return path;
  }
  const edited = () => readFileSync(join(dir, 'edited'), 'utf8');
  const terminal = { ask: () => Promise.reject(new Error('asked')) };
  const redrive = (world: World, env: Readonly<Record<string, string>>, ...words: readonly string[]) =>
    command(world.ports, ['dlq', 'redrive', 'a', '--edit', ...words], { env, terminal });

  test('opens the editor on the message, sends what was typed, and leaves no file', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    endsWell(world);
    const EDITOR = editor(`sed -i s/Colour/color/ "$1"`);
    const { out, code } = await redrive(world, { VISUAL: '', EDITOR });
    expect(out).toContain('1 letter of 1 redriven.');
    expect(code).toBe(0);
    expect(world.sent()).toEqual([{ ...coloured('a', 'color'), epoch: 1 }]);
    expect(existsSync(edited())).toBe(false);
  });

  test('prefers VISUAL, with its options, and sends nothing of a file that was left as it is', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    const { err, code } = await redrive(world, { VISUAL: `${editor('')}`, EDITOR: 'false' });
    expect(err).toBe('it was left as it is: nothing was sent\n');
    expect(code).toBe(0);
    expect(world.sent()).toEqual([]);
    expect(existsSync(edited())).toBe(false);
  });

  test.each([
    ['is no job', `echo '{"version":' >"$1"`],
    ['has another id', `sed -i 's/"a"/"b"/' "$1"`],
  ])('keeps the file of what %s, says why, and sends nothing', async (_, body) => {
    const world = await worldOf(coloured('a', 'Colour'));
    const { err, code } = await redrive(world, { EDITOR: editor(body) });
    expect(err).toContain('not redriven: a: ');
    expect(err).toContain(`what you typed is kept: npx mktq dlq redrive a --edit ${edited()}`);
    expect(code).toBe(1);
    expect(existsSync(edited())).toBe(true);
    expect(world.sent()).toEqual([]);
    rmSync(join(edited(), '..'), { recursive: true });
  });

  test('keeps the file where the account is held, or the editor failed', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    const failing = editor(`sed -i s/Colour/color/ "$1"; exit 1`);
    await expect(redrive(world, { EDITOR: failing })).rejects.toThrow('what you typed is in ');
    rmSync(join(edited(), '..'), { recursive: true });
    await pauseAccount(world.ports, 'maintenance');
    const { err } = await redrive(world, { EDITOR: editor(`sed -i s/Colour/color/ "$1"`) });
    expect(err).toContain(`--edit ${edited()}`);
    expect(existsSync(edited())).toBe(true);
    rmSync(join(edited(), '..'), { recursive: true });
    expect(world.sent()).toEqual([]);
  });

  test('says where it is kept where the table cannot be read any more, to be pasted', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    vi.stubEnv('TMPDIR', mkdtempSync(join(dir, 'a b')));
    const { archive } = world.ports;
    const getAll: typeof archive.getAll = (...of) =>
      existsSync(join(dir, 'edited')) ? Promise.reject(new Error('no table')) : archive.getAll(...of);
    const ports = { ...world.ports, archive: { ...archive, getAll } };
    const err: string[] = [];
    const env = { EDITOR: editor(`sed -i s/Colour/color/ "$1"`) };
    const ran = command(ports, ['dlq', 'redrive', 'a', '--edit'], { env, terminal, err });
    await expect(ran).rejects.toThrow('no table');
    expect(err.join('')).toContain(`what you typed is kept: npx mktq dlq redrive a --edit '${edited()}'`);
  });

  test('opens none for a letter that would not be sent', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    await world.ports.archive.change('a', (head) => head && { ...head, status: 'discarded' });
    const { err, code } = await redrive(world, { EDITOR: editor('') });
    expect(err).toContain('skipped 1 (a): discarded; open them again with npx mktq dlq reopen a\n');
    expect(code).toBe(1);
    expect(existsSync(join(dir, 'edited'))).toBe(false);
  });

  test('wants a terminal, and a variable that names the editor', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    await expect(redrive(world, {})).rejects.toThrow('set VISUAL or EDITOR');
    const words = ['dlq', 'redrive', 'a', '--edit'];
    await expect(command(world.ports, words, { env: { EDITOR: 'true' } })).rejects.toThrow(UsageError);
  });

  test('takes no file that is not UTF-8: what nobody can read would go to Marketo', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    const path = join(dir, 'job.json');
    writeFileSync(path, Buffer.from(JSON.stringify(coloured('a', 'Größe')), 'latin1'));
    const words = ['dlq', 'redrive', 'a', '--edit', path];
    await expect(command(world.ports, words)).rejects.toThrow(`${path} is not UTF-8`);
    expect(world.letter('a')?.status).toBe('open');
    writeFileSync(path, `\ufeff${JSON.stringify(coloured('a', 'Größe'))}`);
    expect((await command(world.ports, [...words, '--dry-run'])).out).toContain('+ "Größe"');
  });

  test('shows what a file changes on a dry run', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    const path = join(dir, 'job.json');
    writeFileSync(path, JSON.stringify(coloured('a', 'color')));
    const { out } = await command(world.ports, ['dlq', 'redrive', 'a', '--edit', path, '--dry-run']);
    expect(out).toContain('- "Colour"');
    writeFileSync(path, '{');
    const bad = await command(world.ports, ['dlq', 'redrive', 'a', '--edit', path, '--dry-run']);
    expect(bad).toMatchObject({
      code: 1,
      err: expect.stringContaining('not redriven: a: the body is not JSON'),
    });
    expect(world.sent()).toEqual([]);
  });
});

describe('mktq dlq redrive --wait', () => {
  test('waits until all have ended, and says how', async () => {
    const world = await worldOf(...some(7));
    endsWell(world);
    const { out, code } = await command(world.ports, ['dlq', 'redrive', '--all', '--wait']);
    expect(out).toBe('7 letters of 7 redriven.\nOf the 7: 7 completed.\n');
    expect(code).toBe(0);
  });

  test('ends with 1 and names the letter where one died again, also one after the first five', async () => {
    const world = await worldOf(...some(7));
    endsWell(world, ['j6']);
    const { out, err, code } = await command(world.ports, ['dlq', 'redrive', '--all', '--wait', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      redriven: 7,
      ended: { completed: 6, deadLettered: 1, cancelled: 0, notEnded: 0 },
    });
    expect(err).toContain("dead-lettered: j6#1: npx mktq dlq show 'j6#1'\n");
    expect(code).toBe(1);
  });

  test('waits once for a job of which two letters are open, the first by an interrupted redrive', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    await prepareLetter(world.ports, 'a', null);
    await world.deadLetter({ ...coloured('a', 'Colour'), epoch: 1 });
    endsWell(world);
    const words = ['dlq', 'redrive', '--all', '--no-trial', '--wait', '--json'];
    const { out, code } = await command(world.ports, words);
    expect(JSON.parse(out)).toMatchObject({ redriven: 2, ended: { completed: 1, notEnded: 0 } });
    expect(code).toBe(0);
  });

  test('waits for those that went where the same cause came back, and for nothing where none went', async () => {
    const world = await worldOf(...some(7));
    await pauseAccount(world.ports, 'maintenance');
    const { out, code } = await command(world.ports, ['dlq', 'redrive', '--all', '--wait', '--json']);
    expect(JSON.parse(out)).toEqual({ selected: 7, redriven: 0, skipped: 0, stopped: true });
    expect(code).toBe(1);
  });

  test('can be stopped: what has not ended goes on in the queue', async () => {
    const world = await worldOf(...some(2));
    const stop = { asked: true, whenAsked: Promise.resolve() };
    const words = ['dlq', 'redrive', 'j0', '--no-trial', '--wait', '--json'];
    let asked = false;
    const later = {
      get asked() {
        return asked;
      },
      whenAsked: stop.whenAsked,
    };
    world.onSleep = async () => {
      asked = true;
    };
    const { out, err, code } = await command(world.ports, words, { stop: later });
    expect(JSON.parse(out)).toMatchObject({ redriven: 1, ended: { completed: 0, notEnded: 1 } });
    expect(err).toContain('stopped waiting: 0 of 1 have ended');
    expect(code).toBe(1);
  });
});

describe('mktq dlq redrive of many', () => {
  test('asks past a hundred on a terminal, and sends nothing without a yes', async () => {
    const world = await worldOf(...some(101));
    const asked: string[] = [];
    const terminal = {
      ask: async (question: string) => {
        asked.push(question);
        return 'n';
      },
    };
    const words = ['dlq', 'redrive', '--all', '--no-trial'];
    await expect(command(world.ports, words, { terminal })).rejects.toThrow('nothing was changed');
    expect(asked).toEqual(['Redrive 101 dead letters? [y/N] ']);
    expect(world.sent()).toEqual([]);
    await command(world.ports, [...words, '--yes'], { terminal });
    expect(world.sent()).toHaveLength(101);
    expect(asked).toHaveLength(1);
  });
});

describe('mktq dlq show --job', () => {
  test('prints the message that would be sent, ready for --edit', async () => {
    const world = await worldOf(coloured('a', 'Colour', 'line\u2028separator'));
    const { out } = await command(world.ports, ['dlq', 'show', 'a', '--job']);
    expect(JSON.parse(out)).toEqual(coloured('a', 'Colour', 'line\u2028separator'));
    expect(out).toContain('\n  "id": "a",\n');
    expect(out).not.toContain('\u2028');
    const path = join(dir, 'job.json');
    writeFileSync(path, out.replace('Colour', 'color'));
    await command(world.ports, ['dlq', 'redrive', 'a', '--no-trial', '--edit', path]);
    expect(sentIds(world)).toEqual(['a']);
    const json = (await command(world.ports, ['dlq', 'show', 'a', '--job', '--json'])).out;
    expect(json.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(json)).toEqual(coloured('a', 'color', 'line\u2028separator'));
  });

  test('prints as it is what never was JSON', async () => {
    const world = operateWorld();
    await world.deadLetter(leadJob('x'), { letterId: 'msg-1', class: 'malformed', jobBody: 'no job' });
    expect((await command(world.ports, ['dlq', 'show', 'msg-1', '--job'])).out).toBe('no job\n');
    await expect(command(world.ports, ['dlq', 'show', 'msg-1', '--job', '--json'])).rejects.toThrow(Failure);
    await expect(command(world.ports, ['dlq', 'show', 'msg-1', '--job', '--call'])).rejects.toThrow(
      UsageError,
    );
  });
});
