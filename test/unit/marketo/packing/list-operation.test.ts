import { describe, expect, test } from 'vitest';
import { freightOf, packed, unpacked } from '../../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../../shared/marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../../../shared/marketo/soap/packing-bounds.ts';
import type { Call, RecordOutcome } from '../../../../shared/marketo/transport.ts';
import { recordOf } from '../../../support/record-outcome.ts';
import { callOf, mayShare } from './calls.ts';

type Wanted = 'ADDTOLIST' | 'ISMEMBEROFLIST' | 'REMOVEFROMLIST';

const list = (
  listOperation: Wanted,
  ids: readonly number[],
  over: { readonly strict?: boolean; readonly name?: string; readonly type?: 'MKTOSALESUSERID' } = {},
): Call =>
  callOf('listOperation', {
    listOperation,
    listKey: { keyType: over.type ?? 'MKTOLISTNAME', keyValue: over.name ?? 'Fair' },
    listMemberList: { leadKey: ids.map((id) => ({ keyType: 'IDNUM' as const, keyValue: String(id) })) },
    ...(over.strict === undefined ? {} : { strict: over.strict }),
  });

const ONE = list('ADDTOLIST', [1]);
const TWO = list('ADDTOLIST', [2, 3]);

const status = (id: number, said: boolean) => ({
  leadKey: { keyType: 'IDNUM', keyValue: String(id) },
  status: said,
});

const member = (id: number, said: boolean): RecordOutcome =>
  recordOf({ ok: said, message: said ? '' : 'refused', result: status(id, said) });

const answer = (success: boolean, ...records: [RecordOutcome, ...RecordOutcome[]]) => ({
  result: {
    result: {
      success,
      ...(records.some(({ result }) => result !== null)
        ? { statusList: { leadStatus: records.map(({ result }) => result) } }
        : {}),
    },
  },
  records,
  inOrder: true,
});

describe('listOperation', () => {
  test('shares a call of one list, action and rule, of as many members as the transport takes', () => {
    expect(mayShare(ONE, TWO, SOAP_BOUNDS)).toBe(true);
    expect(freightOf(TWO, SOAP_BOUNDS)).toMatchObject({ records: 2, room: { records: 1_000 } });
    expect(freightOf(TWO, REST_BOUNDS)).toMatchObject({ records: 2, room: { records: 300 } });
    for (const other of [
      list('REMOVEFROMLIST', [2]),
      list('ADDTOLIST', [2], { name: 'Show' }),
      list('ADDTOLIST', [2], { strict: true }),
      list('ADDTOLIST', [1]),
    ])
      expect(mayShare(ONE, other, SOAP_BOUNDS)).toBe(false);
    expect(mayShare(ONE, list('ADDTOLIST', [2], { strict: false }), SOAP_BOUNDS)).toBe(true);
    expect(freightOf(TWO, SOAP_BOUNDS)).toMatchObject({
      bytes: '[{"keyType":"IDNUM","keyValue":"2"},{"keyType":"IDNUM","keyValue":"3"}]'.length,
      values: ['IDNUM:2', 'IDNUM:3'],
      room: { bytes: 1_000_000 },
    });
  });

  test('goes alone on a list of a sales person, and where one yes or no answers for all', () => {
    expect(freightOf(list('ADDTOLIST', [1], { type: 'MKTOSALESUSERID' }), SOAP_BOUNDS)).toBeNull();
    expect(freightOf(list('ISMEMBEROFLIST', [1], { strict: true }), SOAP_BOUNDS)).toBeNull();
    expect(freightOf(list('ISMEMBEROFLIST', [1]), SOAP_BOUNDS)).not.toBeNull();
    expect(freightOf(list('ADDTOLIST', [1], { strict: true }), SOAP_BOUNDS)).not.toBeNull();
  });

  test('goes alone where its members are named in two ways', () => {
    const mixed = callOf('listOperation', {
      listOperation: 'ADDTOLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Fair' },
      listMemberList: {
        leadKey: [
          { keyType: 'IDNUM', keyValue: '1' },
          { keyType: 'EMAIL', keyValue: 'a@x.example' },
        ],
      },
    });
    expect(freightOf(mixed, SOAP_BOUNDS)).toBeNull();
  });

  test('becomes one with the members of all, in their order', () => {
    expect(packed([TWO, ONE])).toEqual(list('ADDTOLIST', [2, 3, 1]));
  });

  test('is answered the statuses of its own members, and a success of its own', () => {
    const owns = unpacked(
      [ONE, TWO],
      answer(false, member(1, true), member(2, true), member(3, false)),
      SOAP_BOUNDS,
    );
    expect(owns).toEqual([
      { kind: 'answered', ...answer(true, member(1, true)) },
      { kind: 'answered', ...answer(false, member(2, true), member(3, false)) },
    ]);
  });

  test('is answered a success without statuses as alone it would be', () => {
    const owns = unpacked([ONE, TWO], answer(true, recordOf(), recordOf(), recordOf()), SOAP_BOUNDS);
    expect(owns).toEqual([
      { kind: 'answered', ...answer(true, recordOf()) },
      { kind: 'answered', ...answer(true, recordOf(), recordOf()) },
    ]);
  });

  test('is sent again with fewer where all are refused and nobody says for whose sake', () => {
    const no = recordOf({ ok: false });
    expect(unpacked([ONE, TWO], answer(false, no, no, no), SOAP_BOUNDS)).toEqual([
      { kind: 'again-halved' },
      { kind: 'again-halved' },
    ]);
  });

  test('is sent again with fewer where a member has no status of its own', () => {
    const untold = answer(true, member(1, true), member(2, true), recordOf());
    expect(unpacked([ONE, TWO], untold, SOAP_BOUNDS)).toEqual([
      { kind: 'again-halved' },
      { kind: 'again-halved' },
    ]);
  });

  test('is sent again with fewer where its members were refused with those of others', () => {
    const refused = { ...member(3, false), ofRequest: true as const };
    expect(
      unpacked([ONE, TWO], answer(false, member(1, true), member(2, true), refused), REST_BOUNDS),
    ).toMatchObject([{ kind: 'answered' }, { kind: 'again-halved' }]);
  });

  test('cannot be read out of an answer about other members', () => {
    expect(unpacked([ONE, TWO], answer(true, member(1, true), member(2, true)), SOAP_BOUNDS)).toBeNull();
    const without = { ...answer(true, member(1, true), member(2, true), member(3, true)), result: {} };
    expect(unpacked([ONE, TWO], without, SOAP_BOUNDS)).toBeNull();
    const three = answer(true, member(1, true), member(2, true), member(3, true));
    expect(unpacked([ONE, TWO], { ...three, inOrder: false }, SOAP_BOUNDS)).toBeNull();
    expect(
      unpacked([ONE, TWO], { ...three, result: { result: { success: 'yes' } } }, SOAP_BOUNDS),
    ).toBeNull();
    expect(unpacked([ONE, TWO], three, SOAP_BOUNDS)).not.toBeNull();
  });
});
