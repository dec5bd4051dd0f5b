/** A line of a table of differences in docs/rest.md. A star: no simulator can show it. */
export interface Line {
  readonly name: string;
  readonly starred: boolean;
}

/** The lines of the tables that begin with `| line | what |`. */
export const linesIn = (document: string): readonly Line[] =>
  tablesAfter(document, '| line | what |').flatMap((row) => {
    const [, name, star] = /^\| `([\w-]+)`( \*)? \|/.exec(row) ?? [];
    return name === undefined ? [] : [{ name, starred: star !== undefined }];
  });

/** SOAP's code to those that REST has for the same trouble. */
export const codesIn = (document: string): ReadonlyMap<number, readonly number[]> =>
  new Map(
    tablesAfter(document, '| SOAP | REST |').flatMap((row) => {
      const [, soap, rest = ''] = /^\| (\d+) \| ([\d, ]+) \|/.exec(row) ?? [];
      return soap === undefined ? [] : [[Number(soap), rest.split(', ').map(Number)] as const];
    }),
  );

/** The rows of every table with such a head. */
function tablesAfter(document: string, head: string): readonly string[] {
  return document
    .split('\n\n')
    .filter((part) => part.startsWith(head))
    .flatMap((part) => part.split('\n').slice(2));
}
