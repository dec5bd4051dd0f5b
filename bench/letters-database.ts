/** The embedded database as a process of its own; sends its endpoint to the bench that forked it. */
import { startEmbeddedAws } from '../test/support/embedded.ts';

const { dynamodbEndpoint } = await startEmbeddedAws();
process.send?.(dynamodbEndpoint);
