import { startSimulator } from '../../simulator/simulator.ts';
import { childSettings } from './child.ts';
import type { MarketoSettings } from './marketo.ts';

const { soapUrl, credentials } = await startSimulator(childSettings<MarketoSettings>());
process.send?.({ soapUrl, ...credentials });
