import { nearest } from '../shared/config/spelling.ts';

/** Throws at a name that is none of these: JavaScript, and a cast, would have it ignored in silence. */
export function refuseUnknown(prop: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const instead = meant === null ? `it has ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new Error(`${prop} has no ${name}: ${instead}`);
  }
}
