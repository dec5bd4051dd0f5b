import { ConfigurationError } from '../shared/config/variables.ts';
import { UnansweredWrite } from '../shared/kernel/document.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import { Failure, UsageError } from './exit.ts';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** One line about any error, for the operator: what failed, and what to look at where that is known. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return errorText(error);
  if (error instanceof UsageError || error instanceof Failure || error instanceof ConfigurationError)
    return error.message;
  // What became of it is not known; why is what it wraps.
  if (error instanceof UnansweredWrite) return wordsFor(error.cause);
  if (isUnreachable(error)) {
    return `the stack's queue or table does not answer (${codeOf(error)}): is it running? see mktq local --help`;
  }
  return `${error.name === 'Error' ? '' : `${error.name}: `}${error.message || codeOf(error) || 'unknown error'}`;
}

/** Nobody is listening where the stack should be, as opposed to an answer nobody liked. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && (UNREACHABLE.has(codeOf(error) ?? '') || error.name === 'TimeoutError');

function codeOf(error: Error): string | null {
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Node's happy-eyeballs failure carries the codes one level down.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return error.cause instanceof Error ? codeOf(error.cause) : null;
}

/** Why a file cannot be read, without the name of a system call. */
export function fileTrouble(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return errorText(error);
  }
}
