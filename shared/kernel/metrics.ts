/** Values that tell measurements of one name apart: a few fixed words, never an id and never a lead's data. */
export type MetricLabels = Readonly<Record<string, string>>;

/** What the core counts and measures through; Lambda writes it for CloudWatch, the local stack drops it, a test keeps a list. */
export interface Metrics {
  /** One more of something that happens. */
  count(name: string, labels?: MetricLabels): void;
  /** How much there is of something now. */
  gauge(name: string, value: number, labels?: MetricLabels): void;
}

export const noMetrics: Metrics = { count() {}, gauge() {} };
