import { describe, expect, test, vi } from 'vitest';
import { readReply } from '../../../../shared/marketo/soap/read-reply.ts';
import { isCostly } from '../../../../shared/marketo/soap/reply-cost.ts';

const envelope = (body: string): string =>
  `<?xml version="1.0"?><E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body>${body}</E:Body></E:Envelope>`;
const record = '<leadRecord><Id>1</Id><Email>ann@example.com</Email></leadRecord>';

const COSTLY: readonly (readonly [string, string])[] = [
  ['more tags than ten thousand leads have', '<a/>'.repeat(2_000_001)],
  ['levels without end', '<a>'.repeat(300)],
  ['names without end', Array.from({ length: 10_001 }, (_, i) => `<a${i}/>`).join('')],
  ['attributes without end', '<a b="1" c="2"/>'.repeat(250_001)],
  ['a tag without end', `<a b="${'x'.repeat(70_000)}"/>`],
];

describe('a reply with more markup than any answer', () => {
  test.each(COSTLY)('is refused before it is parsed: %s', (_, body) => {
    const parse = vi.fn();
    const reply = { status: 200, headers: {}, body: envelope(body) };
    expect(readReply('syncLead', reply, parse)).toMatchObject({
      kind: 'fault',
      fault: { kind: 'unreadable', what: 'too-large', httpStatus: 200 },
    });
    expect(parse).not.toHaveBeenCalled();
  });

  test('is a web page if it is one, however much of it there is', () => {
    const reply = { status: 503, headers: {}, body: `<html>${'<p>x'.repeat(2_000_001)}` };
    expect(readReply('syncLead', reply, vi.fn())).toMatchObject({ fault: { what: 'html', httpStatus: 503 } });
  });

  test('is none of an export page of fifty thousand leads, nor what stands in a CDATA section', () => {
    expect(isCostly(envelope(`<list>${record.repeat(50_000)}</list>`))).toBe(false);
    const parse = vi.fn();
    readReply(
      'syncLead',
      { status: 200, headers: {}, body: envelope(`<a><![CDATA[${'<b>'.repeat(300)}]]></a>`) },
      parse,
    );
    expect(parse).toHaveBeenCalled();
  });
});
