import {
  type Acknowledgement,
  type Acknowledgements,
  acknowledgementOf,
  isInForce,
  isSilenced,
  withAcknowledgement,
  withLifted,
} from '../deadletter/acknowledgements.ts';
import { OPEN_STATUSES } from '../deadletter/letter.ts';
import { isoTime } from '../kernel/clock.ts';
import type { AcknowledgementJson, CauseGroup } from './causes.ts';
import type { OperatePorts } from './ports.ts';

export type Acknowledged =
  | { readonly kind: 'acknowledged'; readonly acknowledgement: Acknowledgement }
  /** No open letter is of it: most likely a slip of the hand. */
  | { readonly kind: 'no-such-cause' };

/** Notes that somebody has seen a cause: it is silent until then, or until it has ten times the letters it has now. */
export async function acknowledge(
  ports: Pick<OperatePorts, 'archive' | 'acknowledgements' | 'operator' | 'clock'>,
  said: Pick<Acknowledgement, 'cause' | 'until' | 'note'>,
): Promise<Acknowledged> {
  const count = await openLettersOf(ports, said.cause);
  if (count === 0) return { kind: 'no-such-cause' };
  const acknowledgement = { ...said, at: ports.clock(), by: await ports.operator(), count };
  await ports.acknowledgements.change((stored) => withAcknowledgement(stored, acknowledgement));
  return { kind: 'acknowledged', acknowledgement };
}

/** False: none of this cause was in force. */
export async function liftAcknowledgement(
  { acknowledgements, operator, clock }: Pick<OperatePorts, 'acknowledgements' | 'operator' | 'clock'>,
  cause: string,
): Promise<boolean> {
  const lifted = { at: clock(), by: await operator() };
  return acknowledgements.change((stored) => withLifted(stored, cause, lifted));
}

async function openLettersOf({ archive }: Pick<OperatePorts, 'archive'>, cause: string): Promise<number> {
  let count = 0;
  for await (const letter of archive.summaries(OPEN_STATUSES)) if (letter.cause === cause) count += 1;
  return count;
}

/** The causes as they are, each with its acknowledgement while that is in force. */
export const withAcknowledgements = (
  groups: readonly CauseGroup[],
  acknowledgements: Acknowledgements | null,
  now: number,
): readonly CauseGroup[] =>
  groups.map((group) => {
    const last = acknowledgementOf(acknowledgements, group.cause);
    if (last === null || !isInForce(last, now)) return group;
    return { ...group, acknowledged: acknowledgementJson(last, isSilenced(acknowledgements, group, now)) };
  });

/** What was last said of a letter's cause, also where it is over or was taken back; `before`: what had been said earlier. */
export function saidAboutJson(said: readonly Acknowledgement[]) {
  const last = said.at(-1);
  if (last === undefined) return {};
  const before = said.slice(0, -1).map(saidJson);
  return { acknowledged: { ...saidJson(last), ...(before.length === 0 ? {} : { before }) } };
}

const saidJson = ({ at, by, until, note, count, lifted }: Acknowledgement) => ({
  at: isoTime(at),
  by,
  until: isoTime(until),
  note,
  count,
  ...(lifted === undefined ? {} : { lifted: { at: isoTime(lifted.at), by: lifted.by } }),
});

export const acknowledgementJson = (
  acknowledgement: Omit<Acknowledgement, 'lifted'>,
  silent: boolean,
): AcknowledgementJson => ({ ...saidJson(acknowledgement), silent });
