import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A copy of the working tree that may be broken: nobody else's checkout is touched, whatever happens. */
export interface TreeCopy {
  readonly path: string;
  /** Runs `effect` while `find` in `file` is replaced, and puts the file back. */
  edited<T>(file: string, find: string, replace: string, effect: () => Promise<T>): Promise<T>;
}

/** Copies what git knows or would add; the packages are linked. The copy goes with this process. */
export function copyTree(root: string): TreeCopy {
  const path = mkdtempSync(join(tmpdir(), 'mktq-guards-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  for (const file of filesOf(root)) cpSync(join(root, file), join(path, file), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  return {
    path,
    async edited(file, find, replace, effect) {
      const whole = join(path, file);
      const text = readFileSync(whole, 'utf8');
      writeFileSync(
        whole,
        text.replace(find, () => replace),
      );
      try {
        return await effect();
      } finally {
        writeFileSync(whole, text);
      }
    },
  };
}

function filesOf(root: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  // A file may be known to git and deleted.
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}
