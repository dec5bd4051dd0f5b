import type { AwsService } from '../shared/aws/clients.ts';
import type { Endpoint } from './types.ts';

/** Undefined: AWS's own, or wherever the environment sends the SDK. */
type Endpoints = { readonly sqs: string | undefined; readonly dynamodb: string | undefined };

/** The embedded servers ask for a signature and never look at it. */
const ANY_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const ANY_REGION = 'us-east-1';

/** Where SQS and DynamoDB are. On loopback any credentials will do, and none of the environment's are sent there. */
export function awsServices(
  region: string | undefined,
  endpoint: Endpoint | Endpoints | undefined,
): { readonly sqs: AwsService; readonly dynamodb: AwsService } {
  const both = typeof endpoint === 'string' ? { sqs: endpoint, dynamodb: endpoint } : endpoint;
  return { sqs: serviceAt(region, both?.sqs), dynamodb: serviceAt(region, both?.dynamodb) };
}

function serviceAt(region: string | undefined, endpoint: string | undefined): AwsService {
  if (endpoint === undefined || !isLoopback(endpoint)) return { region, endpoint };
  return { region: region ?? ANY_REGION, endpoint, credentials: ANY_CREDENTIALS };
}

const isLoopback = (endpoint: string): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
