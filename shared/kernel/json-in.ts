/** The value of a JSON text; undefined where it is none. A parser's own words would quote it. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
