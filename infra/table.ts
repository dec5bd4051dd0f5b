import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { TABLE } from '../shared/config/names.ts';
import type { DataProtection } from './queues.ts';

type Index = (typeof TABLE.indexes)[keyof typeof TABLE.indexes];

/**
 * The table of shared/aws/dynamo-table.ts (a test compares), with what a deployed one has beside it. It outlives its stack, unless told.
 * Of the type that CloudFormation can give replicas and their settings later; why now: docs/decisions/36-one-table-of-the-newer-type.md.
 */
export function createTable(
  scope: Construct,
  { key, removalPolicy = RemovalPolicy.RETAIN }: DataProtection,
): TableV2 {
  const { byKey, byBatch, byState, byStatus } = TABLE.indexes;
  // Not `Table`, which was of another type in 0.1.0: CloudFormation changes the type of no resource.
  return new TableV2(scope, 'DocumentTable', {
    partitionKey: text(TABLE.partitionKey),
    sortKey: text(TABLE.sortKey),
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TABLE.ttl,
    deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    removalPolicy,
    globalSecondaryIndexes: [
      ...[byKey, byBatch, byState].map((index) => indexOf(index, [])),
      indexOf(byStatus, byStatus.carries),
    ],
    ...(key === undefined ? {} : { encryption: TableEncryptionV2.customerManagedKey(key) }),
  });
}

const indexOf = (index: Index, carries: readonly string[]): GlobalSecondaryIndexPropsV2 => ({
  indexName: index.name,
  partitionKey: text(index.partitionKey),
  sortKey: text(index.sortKey),
  ...(carries.length === 0
    ? { projectionType: ProjectionType.KEYS_ONLY }
    : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...carries] }),
});

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
