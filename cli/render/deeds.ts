import type { Acknowledgement } from '../../shared/deadletter/acknowledgements.ts';
import type { LetterAction, LetterHead } from '../../shared/deadletter/letter.ts';
import { fitText } from './fit.ts';
import { oneLine } from './text.ts';
import { stamp } from './time.ts';

/** What people have done about a letter, and said of its cause, the first first: when, who, what, and why. */
export const deedLines = (
  { actions = [] }: Pick<LetterHead, 'actions'>,
  said: readonly Acknowledgement[],
  width: number,
): readonly string[] =>
  [...actions.map(({ action, ...of }): Deed => ({ ...of, done: DONE[action] })), ...said.flatMap(deedsOf)]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, by, done, note = '' }) =>
      fitText(`${stamp(at)}  ${oneLine(by)}: ${done}${note === '' ? '' : `: ${oneLine(note)}`}`, width),
    );

interface Deed extends Omit<LetterAction, 'action'> {
  readonly done: string;
}

const DONE: Readonly<Record<LetterAction['action'], string>> = {
  redrive: 'redriven',
  'edited-redrive': 'redriven, edited',
  discard: 'discarded',
  reopen: 'reopened',
};

/** It is said of the cause, and so of every letter of it. */
const deedsOf = ({ at, by, until, note, lifted }: Acknowledgement): readonly Deed[] => [
  { at, by, done: `acknowledged the cause until ${stamp(until)}`, note },
  ...(lifted === undefined ? [] : [{ ...lifted, done: 'lifted that' }]),
];
