#!/usr/bin/env node
// Node strips types everywhere but under node_modules. In a checkout the sources run; installed, what was built of them.
import { sep } from 'node:path';

const installed = import.meta.dirname.split(sep).includes('node_modules');
await import(installed ? '../dist/cli/mktq.js' : './mktq.ts');
