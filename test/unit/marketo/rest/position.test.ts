import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallEnded } from '../../../../shared/marketo/rest/call/call-ended.ts';
import {
  positionFindings,
  readPosition,
  writePosition,
} from '../../../../shared/marketo/rest/call/position.ts';

const PARAMS = { leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: ['ann@example.com'] } } };

const refusal = (text: string, params: unknown = PARAMS) => {
  try {
    readPosition(text, params);
  } catch (error) {
    if (error instanceof CallEnded) return error.fault;
    throw error;
  }
  return null;
};

test('a position gives back its tokens', () => {
  const position = writePosition(['GIYDA===', null, ''], PARAMS);

  expect(position).toMatch(/^r1\.[\w-]+$/);
  expect(readPosition(position, PARAMS)).toEqual(['GIYDA===', null, '']);
});

test('no position, and an empty one, mean from the start', () => {
  expect(readPosition(undefined, PARAMS)).toBeNull();
  expect(readPosition('', PARAMS)).toBeNull();
  expect(readPosition(' ', PARAMS)).toBeNull();
});

test('a position is good for another batch size and with the position itself among the params', () => {
  const position = writePosition(['a'], PARAMS);

  expect(readPosition(position, { ...PARAMS, batchSize: 5, streamPosition: position })).toEqual(['a']);
  expect(readPosition(position, { ...PARAMS, startPosition: { offset: position } })).toEqual(['a']);
});

test('the order in which params are written does not matter to a position', () => {
  const position = writePosition(['a'], { a: 1, b: { c: 2, d: 3 } });

  expect(readPosition(position, { b: { d: 3, c: 2 }, a: 1 })).toEqual(['a']);
});

test('a position of other params is refused', () => {
  expect(refusal(writePosition(['a'], { ...PARAMS, lastUpdatedAt: 'x' }))).toMatchObject({
    kind: 'decided',
    code: 1003,
    message: expect.stringContaining('belongs to other params'),
  });
});

test.each(['id:10:ts:1279671234:os:100:rc:210', '50', 'r2.e30'])(
  'a position of SOAP is refused: %s',
  (position) => {
    expect(refusal(position)).toMatchObject({
      code: 1003,
      message: expect.stringContaining('none of the REST'),
    });
  },
);

test.each([
  'r1.',
  'r1.e30',
  'r1.!!!',
  `r1.${Buffer.from('{"tokens":[1],"digest":"a"}').toString('base64url')}`,
  `r1.${Buffer.from('{"tokens":{"length":1},"digest":"a"}').toString('base64url')}`,
  `r1.${Buffer.from('null').toString('base64url')}`,
])('a damaged position is refused: %s', (position) => {
  expect(refusal(position)).toMatchObject({ code: 1003, message: expect.stringContaining('damaged') });
});

test('a check finds what reading a position refuses, and nothing else', () => {
  expect(positionFindings('50', PARAMS)).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(positionFindings(writePosition(['a'], PARAMS), PARAMS)).toEqual([]);
  expect(positionFindings(undefined, PARAMS)).toEqual([]);
});

test('no text and no params make reading a position throw anything but a refusal', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `r1.${text}`),
      ),
      fc.anything(),
      (text, params) => {
        refusal(text, params);
      },
    ),
  );
});
