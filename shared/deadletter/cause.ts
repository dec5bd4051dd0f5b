import { canonicalJson, sha256Hex } from '../kernel/hash.ts';
import type { LetterSummary } from './letter.ts';
import { maskValues } from './mask-values.ts';

const CAUSE_LENGTH = 12;

/** What groups letters: 12 hex digits over class, code, operation and the message without its values. Total. */
export const causeOf = (of: Pick<LetterSummary, 'class' | 'code' | 'operation' | 'message'>): string =>
  sha256Hex(canonicalJson([of.class, of.code, of.operation, maskValues(of.message, of.code)])).slice(
    0,
    CAUSE_LENGTH,
  );
