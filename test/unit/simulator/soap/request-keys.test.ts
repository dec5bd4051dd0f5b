import { describe, expect, test } from 'vitest';
import { fingerprintOf, leadsNamedIn } from '../../../../simulator/soap/request-keys.ts';
import { parseXml } from '../../../../simulator/soap/xml.ts';
import { attribute, leadKey } from '../caller.ts';

const keysIn = (xml: string) => leadsNamedIn(parseXml(`<p>${xml}</p>`)).map(({ key }) => key);

describe('leadsNamedIn', () => {
  test('names a lead record by the first of Id, foreign key and Email', () => {
    const foreign = '<ForeignSysPersonId>9</ForeignSysPersonId><ForeignSysType>SFDC</ForeignSysType>';
    const email = '<Email> Ann@Example.com </Email>';
    expect(keysIn(`<leadRecord>${email}${foreign}<Id>7</Id></leadRecord>`)).toEqual(['IDNUM:7']);
    expect(keysIn(`<leadRecord>${email}${foreign}</leadRecord>`)).toEqual(['FOREIGN:SFDC:9']);
    expect(keysIn(`<leadRecord>${email}</leadRecord>`)).toEqual(['EMAIL:ann@example.com']);
  });

  test('names every lead of a list, in order', () => {
    expect(keysIn(`<leadList>${leadKey('IDNUM', '2')}${leadKey('EMAIL', 'A@x')}</leadList>`)).toEqual([
      'IDNUM:2',
      'EMAIL:a@x',
    ]);
  });

  test('keeps the values that a record writes', () => {
    const record = `<leadRecord><Email>a@x</Email><leadAttributeList>${attribute('Seq', '1')}</leadAttributeList></leadRecord>`;
    expect(leadsNamedIn(parseXml(record))).toEqual([{ key: 'EMAIL:a@x', attributes: { Seq: '1' } }]);
  });

  test('names nobody in a call that names nobody', () => {
    expect(keysIn('<objectName>LeadRecord</objectName><leadKey/><leadRecord/>')).toEqual([]);
  });
});

describe('fingerprintOf', () => {
  const print = (xml: string, operation = 'getLead') => fingerprintOf(operation, parseXml(xml));

  test('is the same for the same params under another prefix', () => {
    expect(print('<a:p xmlns:a="urn:x"><b>1</b></a:p>')).toBe(print('<c:p xmlns:c="urn:x"><b>1</b></c:p>'));
  });

  test('is the same however the params are laid out', () => {
    expect(print('<p>\n  <b>1</b>\n</p>')).toBe(print('<p><b>1</b></p>'));
    expect(print('<p><b> 1</b></p>')).not.toBe(print('<p><b>1</b></p>'));
  });

  test('differs by value and by operation', () => {
    expect(print('<p>1</p>')).not.toBe(print('<p>2</p>'));
    expect(print('<p>1</p>', 'getTags')).not.toBe(print('<p>1</p>'));
  });
});
