import type { Session } from '../call/session.ts';
import type { LeadFields } from './lead-fields.ts';

/** The instance's lead fields, read again if the copy at hand lacks one of the names. They may still be unknown. */
export async function fieldsNaming(session: Session, names: readonly string[]): Promise<LeadFields> {
  const fields = await session.directory.leadFields(session);
  const areKnown = names.every((name) => fields.bySoapName(name) !== null);
  return areKnown ? fields : session.directory.leadFields(session, { fresh: true });
}
