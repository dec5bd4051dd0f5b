import { type Environment, readMarketo } from '../../shared/config/environment.ts';
import type { SoapSettings } from '../../shared/config/marketo.ts';

/** Where the simulator's SOAP face is, and who asks. */
export function soapSettings(env: Environment): SoapSettings {
  const settings = readMarketo({ ...env, MARKETO_TRANSPORT: 'soap' });
  if (settings.transport !== 'soap') throw new Error('the bench of SOAP needs the variables of SOAP');
  return settings;
}
