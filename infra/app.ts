import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundleFunctions } from './bundles.ts';
import { marketoApp } from './marketo-app.ts';

const { directory } = bundleFunctions(join(import.meta.dirname, '../cdk.out/bundles'));
marketoApp(new App(), directory).synth();
