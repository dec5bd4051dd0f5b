import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigurationError } from '../shared/config/variables.ts';
import { bundleFunctions } from './bundles.ts';
import { marketoApp } from './marketo-app.ts';

try {
  const { directory } = bundleFunctions(join(import.meta.dirname, '../cdk.out/bundles'));
  marketoApp(new App(), directory).synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`mktq: ${error.message}\n`);
  process.exitCode = 1;
}
