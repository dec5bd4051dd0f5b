import type { LetterSelection } from '../../shared/operate/letters.ts';
import type { FieldEdit } from '../../shared/operate/redrive/field-edits.ts';
import { UsageError } from '../exit.ts';

/** How a redrive changes what it sends, as commander reads it. */
export interface EditWords {
  /** True: no file was named. */
  readonly edit?: string | true;
  readonly editWith?: string;
  readonly rename?: readonly string[];
  readonly unset?: readonly string[];
  readonly set?: readonly string[];
}

export type EditChoice =
  | { readonly kind: 'none' }
  /** A whole message for one letter, out of a file or stdin. */
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'editor' }
  /** All messages through one program. */
  | { readonly kind: 'program'; readonly command: string }
  | { readonly kind: 'fields'; readonly edits: readonly FieldEdit[] };

/** An option that may be given again. */
export const again = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** One way to edit, or none: what two of them would come to nobody could say. */
export function editChoiceFrom(words: EditWords, selection: LetterSelection): EditChoice {
  const edits = fieldEdits(words);
  const ways = [words.edit, words.editWith, edits[0]].filter((way) => way !== undefined);
  if (ways.length > 1) {
    throw new UsageError('give one of --edit, --edit-with, and --rename, --unset and --set');
  }
  if (edits.length > 0) return { kind: 'fields', edits };
  if (words.editWith !== undefined) {
    if (words.editWith.trim() === '') throw new UsageError('--edit-with wants a command');
    return { kind: 'program', command: words.editWith };
  }
  if (words.edit === undefined) return { kind: 'none' };
  if (selection.by !== 'id' || selection.ids.length !== 1)
    throw new UsageError('--edit takes exactly one id');
  return words.edit === true ? { kind: 'editor' } : { kind: 'file', file: words.edit };
}

const fieldEdits = ({ rename = [], unset = [], set = [] }: EditWords): readonly FieldEdit[] => [
  ...rename.map((word): FieldEdit => {
    const [field, to] = pairIn('rename', 'OLD=NEW', word);
    if (to === '' || to === field) throw new UsageError(`--rename ${word} wants another name after the =`);
    return { kind: 'rename', field, to: attributeName('rename', to) };
  }),
  ...unset.map((field): FieldEdit => {
    if (field === '') throw new UsageError('--unset wants the name of a field');
    return { kind: 'unset', field };
  }),
  ...set.map((word): FieldEdit => {
    const [field, value] = pairIn('set', 'FIELD=VALUE', word);
    return { kind: 'set', field: attributeName('set', field), value };
  }),
];

function pairIn(option: string, form: string, word: string): readonly [string, string] {
  const at = word.indexOf('=');
  if (at < 1) throw new UsageError(`--${option} wants ${form}, not ${JSON.stringify(word)}`);
  return [word.slice(0, at), word.slice(at + 1)];
}

/** By these a lead is found. Set for many, they would all be one lead. */
const RECORD_KEYS = ['Id', 'Email', 'ForeignSysPersonId', 'ForeignSysType'];

function attributeName(option: string, name: string): string {
  if (!RECORD_KEYS.includes(name)) return name;
  throw new UsageError(
    `--${option} changes attributes, and ${name} is what a lead is found by: use --edit-with`,
  );
}
