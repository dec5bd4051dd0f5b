/** One call with the `soap` package as anybody would use it. Bundled by bench/cold-start.ts. */
import { createClientAsync } from 'soap';
import { sign } from '../../shared/marketo/soap/signature.ts';
import { marketoWsdl } from '../../shared/marketo/soap/wsdl.ts';
import { soapSettings } from './soap-settings.ts';

const { endpoint, userId, encryptionKey } = soapSettings(process.env);

void createClientAsync(marketoWsdl(), { endpoint }).then((client) => {
  const { timestamp, signature } = sign(userId, encryptionKey, Date.now());
  client.addSoapHeader({
    'tns:AuthenticationHeader': {
      mktowsUserId: userId,
      requestSignature: signature,
      requestTimestamp: timestamp,
    },
  });
  return client['listMObjectsAsync']({});
});
