import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '../shared/config/names.ts';
import type { MetricLabels, Metrics } from '../shared/kernel/metrics.ts';

export interface CloudWatchMetrics extends Metrics {
  /** Writes what was measured since the last time. Call it before the process freezes. */
  flush(): void;
}

/** Metrics as lines of the log (embedded metric format): CloudWatch reads them there, and no call has to wait for it. */
export function cloudWatchMetrics(service: string): CloudWatchMetrics {
  const metrics = new PowertoolsMetrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  const add = (name: string, value: number, labels: MetricLabels): void => {
    const entries = Object.entries(labels);
    if (entries.length === 0) {
      metrics.addMetric(name, MetricUnit.Count, value);
      return;
    }
    // Labels hold for a whole line: a measurement with labels has a line of its own, written at once.
    const own = metrics.singleMetric();
    for (const [label, text] of entries) own.addDimension(label, text);
    own.addMetric(name, MetricUnit.Count, value);
  };
  return {
    count: (name, labels = {}) => add(name, 1, labels),
    gauge: (name, value, labels = {}) => add(name, value, labels),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
