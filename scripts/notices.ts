import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');

/** The licences of the packages whose code a bundle carries, which they ask to go with it; one that several share stands once. */
export function writeNotices(directory: string, { inputs }: Metafile): void {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [],
  );
  const byLicence = Map.groupBy(new Set(folders.sort()), licenceOf);
  const notices = [...byLicence].map(([licence, of]) => `${of.map(nameOf).join('\n')}\n\n${licence}`);
  writeFileSync(join(directory, 'THIRD-PARTY-NOTICES.txt'), `${notices.join(LINE)}\n`);
}

const LINE = `\n\n${'-'.repeat(80)}\n\n`;

function nameOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})`;
}

function licenceOf(folder: string): string {
  const files = readdirSync(join(ROOT, folder)).filter((file) =>
    /^(?:licen[cs]e|notice|copying)/i.test(file),
  );
  return files.map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim()).join('\n\n');
}
