import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Ignored by git; kept from one run to the next. */
export const PYTHON_HOME = resolve(import.meta.dirname, '../../.deploy-test');

/** The python of an environment that has what a file of this folder asks for; made anew when that has changed. */
export function pythonWith(requirementsFile: string): string {
  const requirements = join(import.meta.dirname, requirementsFile);
  const folder = join(PYTHON_HOME, requirementsFile.replace(/\.txt$/, ''));
  const python = join(folder, 'bin/python');
  const done = join(folder, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(PYTHON_HOME, { recursive: true });
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  } catch (error) {
    throw new Error('npm run test:deploy needs python3 (3.10 or later) with venv', { cause: error });
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  execFileSync(python, pip, { stdio: 'inherit' });
  writeFileSync(done, wanted);
  return python;
}
