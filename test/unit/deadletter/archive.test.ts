import { describe, expect, test } from 'vitest';
import { fileLetter } from '../../../shared/deadletter/archive.ts';
import { letterIdOf, malformedLetterId } from '../../../shared/deadletter/letter.ts';
import { fileNoticed, letterNotice, readNotice, textsOf } from '../../../shared/deadletter/notice.ts';
import { leadJob, letterDraft, letterWorld } from '../../support/letters.ts';

describe('letter ids', () => {
  test('are the job’s, with the epoch once it was redriven', () => {
    expect(letterIdOf('a', 0)).toBe('a');
    expect(letterIdOf('a', 2)).toBe('a#2');
    expect(malformedLetterId('m')).toBe('msg-m');
  });
});

describe('fileLetter', () => {
  test('files the letter open, with its cause and the job as it was received', async () => {
    const { ports } = letterWorld();
    const head = await fileLetter(ports, letterDraft(leadJob('a')));
    expect(head).toMatchObject({ letterId: 'a', status: 'open', closing: null });
    expect(head.cause).toMatch(/^[0-9a-f]{12}$/);
    expect(await ports.archive.get('a')).toEqual(head);
    expect(await ports.bodies.load(head.job)).toBe(letterDraft(leadJob('a')).jobBody);
  });

  test('answers the letter that is there already, and changes nothing of it', async () => {
    const { ports } = letterWorld();
    const first = await fileLetter(ports, letterDraft(leadJob('a')));
    const second = await fileLetter(ports, letterDraft(leadJob('a'), { message: 'another', code: 20103 }));
    expect(second).toEqual(first);
    expect(ports.archive.letters()).toEqual([first]);
  });

  test('does not write over the text of the letter that is there', async () => {
    const { ports } = letterWorld();
    const first = await fileLetter(ports, letterDraft(leadJob('a'), { jobBody: 'x'.repeat(100_000) }));
    await fileLetter(ports, letterDraft(leadJob('a'), { jobBody: 'y'.repeat(100_000) }));
    expect(await ports.bodies.load(first.job)).toMatch(/^x+$/);
  });

  test('answers the other’s letter when somebody files between its look and its write', async () => {
    const world = letterWorld({ bodies: () => null });
    const { ports } = world;
    const slow = {
      ...ports,
      bodies: {
        save: async (...of: Parameters<typeof ports.bodies.save>) => {
          await fileLetter(ports, letterDraft(leadJob('a'), { message: 'the other was faster' }));
          return ports.bodies.save(...of);
        },
      },
    };
    expect((await fileLetter(slow, letterDraft(leadJob('a')))).message).toBe('the other was faster');
  });

  test('never lets the job’s text of an open letter expire', async () => {
    const { ports } = letterWorld();
    await fileLetter(ports, letterDraft(leadJob('a'), { jobBody: 'x'.repeat(100_000) }));
    expect(ports.bodies.expiresAt('a/job')).toBeNull();
  });
});

describe('the notice of a letter', () => {
  const filed = async (response: string) => {
    const { ports } = letterWorld();
    const draft = letterDraft(leadJob('a', 'zoë@example.com'), {
      request: await ports.bodies.save('a/request', '<request/>', null),
      response: await ports.bodies.save('a/response', response, null),
      lateOutcome: { at: 5, succeeded: true, message: 'late' },
      attempts: [
        {
          callId: 'call-1',
          at: 1,
          durationMs: 2,
          class: 'transient',
          code: null,
          httpStatus: null,
          message: 'reset',
          counted: true,
        },
      ],
    });
    const head = await fileLetter(ports, draft);
    const texts = await textsOf(ports.bodies, head);
    return { bodies: ports.bodies, head, texts, notice: await letterNotice(ports.bodies, head, texts.job) };
  };

  test('carries the whole letter in ASCII, enough to file it again elsewhere', async () => {
    const { head, texts, notice: body } = await filed('<résponse/>');
    expect(body).toMatch(/^[\x20-\x7e]*$/);
    const notice = readNotice(body);
    if (notice.kind !== 'letter') throw new Error(notice.kind);
    const other = letterWorld().ports;
    const again = await fileNoticed(other, notice.letter);
    expect(again).toEqual(head);
    expect(await textsOf(other.bodies, again)).toEqual(texts);
  });

  test('leaves a letter alone that is filed already', async () => {
    const { bodies, head, texts } = await filed('<r/>');
    const notice = readNotice(await letterNotice(bodies, { ...head, message: 'other words' }, texts.job));
    if (notice.kind !== 'letter') throw new Error(notice.kind);
    const { ports } = letterWorld();
    await fileLetter(ports, letterDraft(leadJob('a')));
    expect((await fileNoticed(ports, notice.letter)).message).toBe(letterDraft(leadJob('a')).message);
  });

  test('goes by reference when escaped it would not fit, though plain it would', async () => {
    const { notice: body } = await filed('é'.repeat(60_000));
    expect(body.length).toBeLessThan(1_000);
    expect(readNotice(body)).toEqual({ kind: 'reference', letterId: 'a' });
    const smaller = await filed('é'.repeat(30_000));
    expect(readNotice(smaller.notice).kind).toBe('letter');
  });

  test('goes by reference when the job’s text is gone', async () => {
    const { bodies, head } = await filed('<r/>');
    expect(readNotice(await letterNotice(bodies, head, null)).kind).toBe('reference');
  });

  test('loads no text that cannot fit: escaped, a long reply would exhaust the memory of the worker', async () => {
    const { head } = await filed('x'.repeat(1_000_000));
    const refuse = async (): Promise<never> => {
      throw new Error('loaded');
    };
    const notice = await letterNotice({ load: refuse }, head, 'the job');
    expect(readNotice(notice)).toEqual({ kind: 'reference', letterId: 'a' });
  });

  test.each([
    '',
    'null',
    '{}',
    '[1]',
    letterDraft(leadJob('a')).jobBody,
    '{"kind":"mktq/dead-letter","version":1,"letter":{"letterId":"x"}}',
    '{"kind":"mktq/dead-letter","version":2,"reference":{"letterId":"x"}}',
  ])('is not seen in %j', (body) => {
    expect(readNotice(body)).toEqual({ kind: 'foreign' });
  });
});
