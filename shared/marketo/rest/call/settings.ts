/** What a REST transport is told beside where Marketo is (README, configuration). */
export interface RestSettings {
  /** The lead field that holds foreign ids: one for the type CUSTOM, or one by ForeignSysType. Null: there is none. */
  readonly foreignIdField: string | Readonly<Record<string, string>> | null;
  /** Partition by workspace; `Default` needs none. */
  readonly partitions: Readonly<Record<string, string>>;
  /** What becomes of a write whose e-mail address several leads have. */
  readonly onDuplicate: 'dead-letter' | 'latest';
}
