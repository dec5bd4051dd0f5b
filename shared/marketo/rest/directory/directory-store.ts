/** Where the directory's copies lie for every worker. What it loses, or cannot give, is asked for once more. */
export interface DirectoryStore {
  /** `at` is when it was written (epoch ms). Null: there is none, or none that can be read. */
  read(key: string): Promise<{ readonly at: number; readonly text: string } | null>;
  /** Instead of what was there. It may be deleted after `keepMs`. */
  write(key: string, text: string, keep: { readonly at: number; readonly keepMs: number }): Promise<void>;
}
