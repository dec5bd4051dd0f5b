import { describe, expect, test } from 'vitest';
import { freightOf, packed, unpacked } from '../../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../../shared/marketo/rest/packing-bounds.ts';
import { recordOf } from '../../../support/record-outcome.ts';
import { callOf } from './calls.ts';

const KEYS = ['1', '2', '3'].map((keyValue) => ({ keyType: 'IDNUM' as const, keyValue }));

const list = callOf('listOperation', {
  listOperation: 'ADDTOLIST',
  listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Fair' },
  listMemberList: { leadKey: KEYS },
});
const tags = callOf('getTags', {});

describe('what a call brings', () => {
  test('has room in a call of its own, to the last record and byte', () => {
    const bytes = JSON.stringify(KEYS).length;
    const within = (over: Partial<typeof REST_BOUNDS>) => freightOf(list, { ...REST_BOUNDS, ...over });
    expect(within({ listMembers: 3, bytes })).toMatchObject({ records: 3, bytes });
    expect(within({ listMembers: 2, bytes })).toBeNull();
    expect(within({ listMembers: 3, bytes: bytes - 1 })).toBeNull();
  });

  test('is nothing where its operation does not travel with others', () => {
    expect(freightOf(tags, REST_BOUNDS)).toBeNull();
    expect(packed([tags, tags])).toBe(tags);
  });

  test('is in a lane of its operation and its workspace', () => {
    const lead = callOf('syncLead', { leadRecord: { Id: 1 }, returnLead: false });
    const get = callOf('getLead', { leadKey: { keyType: 'IDNUM', keyValue: '2' } });
    const laneOf = (call: typeof lead): string | undefined => freightOf(call, REST_BOUNDS)?.lane;
    expect(laneOf(lead)).toBe('["syncLead",null,"IDNUM"]');
    expect(laneOf({ ...lead, workspace: 'Europe' })).toBe('["syncLead","Europe","IDNUM"]');
    expect(laneOf(get)).toBe('["getLead",null,"IDNUM"]');
  });

  test.each([list, callOf('getLead', { leadKey: { keyType: 'IDNUM', keyValue: '2' } })])(
    'is nothing in a workspace that only a write of leads can be said of: $operation',
    (call) => {
      expect(freightOf(call, REST_BOUNDS)).not.toBeNull();
      expect(freightOf({ ...call, workspace: 'Europe' }, REST_BOUNDS)).toBeNull();
    },
  );
});

describe('an answer', () => {
  const answer = { result: { result: {} }, records: [recordOf()] as const, inOrder: false };

  test('of one alone is its own, and says no more than that', () => {
    const more = { ...answer, exchange: 'of the call' };
    expect(unpacked([tags], more, REST_BOUNDS)).toEqual([{ kind: 'answered', ...answer }]);
  });

  test('of nobody is nothing, and of several that do not travel together is told to nobody', () => {
    expect(unpacked([], answer, REST_BOUNDS)).toEqual([]);
    expect(unpacked([tags, tags], answer, REST_BOUNDS)).toBeNull();
  });
});
