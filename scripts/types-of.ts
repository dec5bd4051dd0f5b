import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * Writes the types of one module (`client/create-client`) and of whatever they mention into a package, at the same paths: as
 * `.d.mts` for those who import it, and as `.d.cts` for those who require it.
 */
export function typesOf(entry: string, directory: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'mktq-types-'));
  try {
    emit(entry, emitted);
    for (const module of mentioned(entry, emitted)) {
      const text = readFileSync(join(emitted, `${module}.d.ts`), 'utf8');
      mkdirSync(dirname(join(directory, module)), { recursive: true });
      for (const kind of ['m', 'c']) {
        writeFileSync(join(directory, `${module}.d.${kind}ts`), text.replaceAll(LOCAL, `$1.${kind}js$2`));
      }
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** The compiler leaves the `.ts` of the sources in what it emits. */
const LOCAL = /((?:from |import\()['"]\.{1,2}\/[^'"]+)\.ts(['"])/g;

function emit(entry: string, directory: string): void {
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      emitDeclarationOnly: true,
      declaration: true,
      // The sources were checked before.
      noCheck: true,
      incremental: false,
      tsBuildInfoFile: null,
      rootDir: ROOT,
      outDir: directory,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: [],
    files: [join(ROOT, `${entry}.ts`)],
  };
  const file = join(directory, 'tsconfig.json');
  writeFileSync(file, JSON.stringify(config));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', file], { stdio: 'inherit' });
}

/** Each module once, without its ending: the compiler emits those, too, that only the code imports. */
function mentioned(entry: string, directory: string, found = new Set<string>()): ReadonlySet<string> {
  found.add(entry);
  const text = readFileSync(join(directory, `${entry}.d.ts`), 'utf8');
  for (const [, path = ''] of text.matchAll(/(?:from |import\()['"](\.{1,2}\/[^'"]+)\.ts['"]/g)) {
    const next = join(dirname(entry), path);
    if (!found.has(next)) mentioned(next, directory, found);
  }
  return found;
}
