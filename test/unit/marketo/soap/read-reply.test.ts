import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEnvelopeWriter } from '../../../../shared/marketo/soap/envelope-writer.ts';
import { readReply } from '../../../../shared/marketo/soap/read-reply.ts';
import { marketoWsdl } from '../../../../shared/marketo/soap/wsdl.ts';

// The many shapes of an answer are in test/fixtures; here is what no list of cases shows.

const { read } = await createEnvelopeWriter(marketoWsdl(), 'http://127.0.0.1/soap');
const replyOf = (body: string, status = 200) => readReply('syncLead', { status, headers: {}, body }, read);

const fixture = (path: string) =>
  readFileSync(new URL(`../../../fixtures/${path}/response.xml`, import.meta.url), 'utf8');
const ANSWER = fixture('syncLead__created');
const FAULT = fixture('syncLead__20105-unknown-field');

describe('readReply', () => {
  test('takes no part of an answer for the whole', () => {
    for (const whole of [ANSWER, FAULT]) {
      const text = whole.trimEnd();
      for (let length = 0; length < text.length; length += 1) {
        const { kind, ...rest } = replyOf(text.slice(0, length));
        expect(kind).toBe('fault');
        expect(rest).toMatchObject({
          fault: { kind: 'unreadable', what: length === 0 ? 'empty' : 'truncated' },
        });
      }
    }
    expect(replyOf(ANSWER)).toMatchObject({ kind: 'answered' });
    expect(replyOf(FAULT, 500)).toMatchObject({ fault: { kind: 'marketo', code: 20105 } });
  });

  test('never throws, whatever the text, and takes only an envelope for an answer', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<',
        '</',
        '>',
        '<?xml version="1.0"?>',
        '<![CDATA[',
        ']]>',
        '&',
        '<a>',
        '</a>',
        '{',
        ANSWER,
        FAULT,
      ),
      fc.nat(ANSWER.length).map((at) => ANSWER.slice(at)),
      fc.nat(FAULT.length).map((at) => FAULT.slice(0, at)),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 4 }),
        fc.constantFrom(200, 404, 500, 503),
        (pieces, status) => {
          const body = pieces.join('');
          const found = replyOf(body, status);
          if (found.kind === 'answered') expect(body).toContain('successSyncLead');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('survives an answer nested deeper than any stack', () => {
    const deep = '<a>'.repeat(50_000) + '</a>'.repeat(50_000);
    expect(replyOf(ANSWER.replace('<result>', `<result>${deep}`))).toMatchObject({
      fault: { kind: 'unreadable' },
    });
  });

  test('reads past a byte order mark and leading line breaks', () => {
    expect(replyOf(`\ufeff${ANSWER}`)).toMatchObject({ kind: 'answered' });
    expect(replyOf(`\r\n\r\n${ANSWER}`)).toMatchObject({ kind: 'answered' });
  });

  test('judges the body before the status', () => {
    expect(replyOf(ANSWER, 500)).toMatchObject({ kind: 'answered' });
    expect(replyOf(FAULT, 200)).toMatchObject({ fault: { kind: 'marketo', code: 20105, httpStatus: 200 } });
  });

  test('knows a well-formed foreign page by its media type', () => {
    const reply = { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad</h1>' };
    expect(readReply('syncLead', reply, read)).toMatchObject({ fault: { what: 'html' } });
    expect(replyOf('<h1>Bad</h1>', 502)).toMatchObject({ fault: { what: 'other' } });
  });
});

describe('a server before Marketo', () => {
  const reply = (status: number, body: string, headers: Record<string, string> = {}) =>
    readReply('syncLead', { status, headers, body }, read);
  const page = '<html><body>no</body></html>';

  test.each([
    [413, {}, page],
    [414, {}, ''],
    [429, {}, 'slow down'],
    [503, { 'retry-after': '30' }, page],
    [503, { 'retry-after': '30' }, '{"error":"busy"}'],
  ])('is known by HTTP %i', (status, headers, body) => {
    expect(reply(status, body, headers)).toMatchObject({ fault: { kind: 'gateway', httpStatus: status } });
  });

  test('is not heard where Marketo says something itself', () => {
    expect(reply(413, FAULT)).toMatchObject({ fault: { kind: 'marketo', code: 20105 } });
    expect(reply(429, ANSWER)).toMatchObject({ kind: 'answered' });
  });

  test('is not heard in a 503 that does not say when to come back', () => {
    expect(reply(503, page)).toMatchObject({ fault: { kind: 'unreadable', what: 'html' } });
  });
});

describe('a reference to a character that XML forbids', () => {
  const LEAD = fixture('getLead__found');
  const named = (email: string) =>
    JSON.stringify(
      readReply('getLead', { status: 200, headers: {}, body: LEAD.replace('ann@example.com', email) }, read),
    );

  test.each(['&#x18;', '&#24;', '&#0;', '&#X1f;', '&#xFFFE;', '&#xD83D;', '&#x110000;', '&#99999999999999;'])(
    '%s is read as U+FFFD, and the rest as it stands',
    (reference) => {
      expect(named(`ann${reference}@example.com`)).toContain('"Email":"ann\ufffd@example.com"');
    },
  );

  test('leaves those that it allows, and text that only looks like one', () => {
    expect(named('&#65;&#x42;&#9;&amp;#x18;')).toContain('"Email":"AB\\t&#x18;"');
    expect(named('<![CDATA[&#x18;]]>')).toContain('"Email":"&#x18;"');
  });
});
