import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cli } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';

/** What somebody has typed, and where it is kept until it has been sent. */
export interface Typed {
  readonly text: string;
  readonly file: string;
}

/** The command of the editor, as every program finds it; a `UsageError` where there is none, or nobody who could type. */
export function editorOf({ env, terminal }: Pick<Cli, 'env' | 'terminal'>): string {
  const otherwise = 'or give --edit FILE (- is stdin)';
  if (terminal === undefined) {
    throw new UsageError(
      `--edit without a file opens an editor, and this is no terminal: use one, ${otherwise}`,
    );
  }
  const editor = [env['VISUAL'], env['EDITOR']].find((command) => command !== undefined && command !== '');
  if (editor === undefined) throw new UsageError(`no editor is set: set VISUAL or EDITOR, ${otherwise}`);
  return editor;
}

/**
 * Opens the text in the editor and waits until that has ended. Null: it was left as it was. The file is its owner's alone, since
 * a message holds a lead's data; `discardTyped` removes it.
 */
export async function typedIn(editor: string, name: string, text: string): Promise<Typed | null> {
  const directory = await mkdtemp(join(tmpdir(), 'mktq-edit-'));
  const file = join(directory, `${name.replace(/[^\w.-]/g, '_')}.json`);
  await writeFile(file, text, { mode: 0o600 });
  const failure = await failureOf(`${editor} "${file}"`);
  const typed = { text: await readFile(file, 'utf8').catch(() => text), file };
  const isLeft = typed.text === text;
  if (isLeft) await discardTyped(typed);
  if (failure === null) return isLeft ? null : typed;
  const kept = isLeft ? '' : `; what you typed is in ${file}`;
  throw new Failure(`the editor failed (${failure}): nothing was sent${kept}`);
}

/** Runs the editor, whose the terminal is meanwhile: null if it ended well. */
async function failureOf(command: string): Promise<string | null> {
  // Ctrl-C is the editor's own, which may go on: it would have nobody to come back to.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve) => {
      // As git does: the variable may hold options, too ("code --wait").
      const child = spawn(command, { shell: true, stdio: 'inherit' });
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(code === 0 ? null : `it ended with ${code ?? signal}`));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

export const discardTyped = ({ file }: Pick<Typed, 'file'>): Promise<void> =>
  rm(dirname(file), { recursive: true, force: true });
