import { RemovalPolicy } from 'aws-cdk-lib';
import { type Attribute, AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { TABLE } from '../shared/config/names.ts';

type Index = (typeof TABLE.indexes)[keyof typeof TABLE.indexes];

/** The table of shared/aws/dynamo-table.ts (a test compares), with what a deployed one has beside it. It outlives its stack. */
export function createTable(scope: Construct): Table {
  const table = new Table(scope, 'Table', {
    partitionKey: text(TABLE.partitionKey),
    sortKey: text(TABLE.sortKey),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TABLE.ttl,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
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
