import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { TABLE } from '../shared/config/names.ts';
import type { DataProtection } from './queues.ts';

type Index = (typeof TABLE.indexes)[keyof typeof TABLE.indexes];

/** The table of shared/aws/dynamo-table.ts (a test compares), with what a deployed one has beside it. It outlives its stack, unless told. */
export function createTable(
  scope: Construct,
  { key, removalPolicy = RemovalPolicy.RETAIN }: DataProtection,
): Table {
  const table = new Table(scope, 'Table', {
    partitionKey: text(TABLE.partitionKey),
    sortKey: text(TABLE.sortKey),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TABLE.ttl,
    deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    removalPolicy,
    ...(key === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
  });
  const { byKey, byBatch, byState, byStatus } = TABLE.indexes;
  for (const index of [byKey, byBatch, byState]) addIndex(table, index, []);
  addIndex(table, byStatus, byStatus.carries);
  return table;
}

function addIndex(table: Table, index: Index, carries: readonly string[]): void {
  table.addGlobalSecondaryIndex({
    indexName: index.name,
    partitionKey: text(index.partitionKey),
    sortKey: text(index.sortKey),
    ...(carries.length === 0
      ? { projectionType: ProjectionType.KEYS_ONLY }
      : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...carries] }),
  });
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
