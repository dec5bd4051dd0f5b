import type { EditSample } from '../../shared/operate/redrive/edits.ts';
import type { Cli } from '../cli.ts';
import { cut, harmlessJson, plural } from './text.ts';

/** Of one letter; more would push the others off the screen. */
const MOST_PLACES = 6;
const INDENT = '  ';

/** What an edit makes of some letters: the id, and a line for each side of every place that differs. */
export const differenceText = (
  { style, width }: Pick<Cli, 'style' | 'width'>,
  samples: readonly EditSample[],
): string =>
  samples
    .map(({ letterId, differences }) => {
      const side = (sign: string, value: unknown): string =>
        cut(`${INDENT}${sign} ${harmlessJson(value)}`, width);
      const lines = differences
        .slice(0, MOST_PLACES)
        .flatMap((one) => [
          style.dim(cut(`${INDENT}${one.path === '' ? 'the whole message' : one.path}`, width)),
          ...('before' in one ? [style.red(side('-', one.before))] : []),
          ...('after' in one ? [style.green(side('+', one.after))] : []),
        ]);
      const more = differences.length - MOST_PLACES;
      return [
        style.bold(cut(letterId, width)),
        ...lines,
        ...(more > 0 ? [`${INDENT}and ${plural(more, 'more place')}`] : []),
      ].join('\n');
    })
    .join('\n');
