import { expect, test } from 'vitest';
import { wordsFor } from '../../../cli/trouble.ts';
import { UnansweredWrite } from '../../../shared/kernel/document.ts';

test('a write of which nobody knows is told by what went wrong with it', () => {
  const of = (cause: unknown) => wordsFor(new UnansweredWrite({ token: 't', version: 1 }, cause));
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  expect(of(denied)).toBe('AccessDeniedException: not authorized');
  expect(of(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))).toContain('is it running?');
});
