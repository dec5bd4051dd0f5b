const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PART = 32;

/** Whole numbers as text, small ones in one character: five bits a character, the sixth says that more follow (as in source maps). */
export const vlq = (numbers: readonly number[]): string => numbers.map(encoded).join('');

/** The numbers again. What is no such text gives none, or others: it is for what `vlq` has written. */
export function fromVlq(text: string): readonly number[] {
  const numbers: number[] = [];
  let [value, factor] = [0, 1];
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value += (digit % PART) * factor;
    factor *= PART;
    if (digit >= PART) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    [value, factor] = [0, 1];
  }
  return numbers;
}

function encoded(number: number): string {
  let rest = number < 0 ? -number * 2 + 1 : number * 2;
  let text = '';
  do {
    const digit = rest % PART;
    rest = Math.floor(rest / PART);
    text += DIGITS[rest > 0 ? digit + PART : digit] ?? '';
  } while (rest > 0);
  return text;
}
