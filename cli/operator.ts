import { userInfo } from 'node:os';
import type { StackDescription } from './connection.ts';

/**
 * Who types the command, for the line that an action leaves: of a deployed stack the identity that AWS knows the caller by, asked
 * for once; locally the user's name. That nobody can tell is no reason not to act.
 */
export function operatorOf({
  dynamodb,
  region,
}: Pick<StackDescription, 'dynamodb' | 'region'>): () => Promise<string> {
  let asked: Promise<string> | null = null;
  return () => {
    asked ??= (dynamodb === undefined ? callerOf(region) : localUser()).catch(() => UNKNOWN);
    return asked;
  };
}

const UNKNOWN = 'unknown';

const localUser = async (): Promise<string> => userInfo().username;

async function callerOf(region: string): Promise<string> {
  // A client more to load, which only an action has a use for.
  const { callerIdentity } = await import('./caller-identity.ts');
  return callerIdentity(region);
}
