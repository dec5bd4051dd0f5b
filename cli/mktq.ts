#!/usr/bin/env node
// Nothing is imported before this: where too few files may be open, already the imports fail.
try {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process);
} catch (error) {
  const tooFew =
    error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
  if (!tooFew) throw error;
  process.stderr.write(
    'mktq: this process may open too few files at once: raise the limit (ulimit -n 1024)\n',
  );
  process.exitCode = 1;
}
