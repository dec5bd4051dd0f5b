import { createInterface } from 'node:readline';

/** A person who can be asked. */
export interface Terminal {
  /** The line that is typed after the question; empty if there is none. */
  ask(question: string): Promise<string>;
}

type Streams = Pick<NodeJS.Process, 'stdin' | 'stderr'>;

/** Undefined unless somebody reads stderr and types on stdin: a script is never asked. */
export const terminalOf = ({ stdin, stderr }: Streams): Terminal | undefined =>
  stdin.isTTY === true && stderr.isTTY === true
    ? {
        ask: (question) =>
          new Promise((resolve) => {
            stderr.write(question);
            const lines = createInterface({ input: stdin, terminal: false });
            let typed = '';
            lines.once('line', (line) => {
              typed = line;
              lines.close();
            });
            lines.once('close', () => resolve(typed));
          }),
      }
    : undefined;
