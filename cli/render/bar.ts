/** `[######----]`: how much of `whole` is used. Never empty while something is used, never full before it all is. */
export function bar(used: number, whole: number, width: number): string {
  const share = whole <= 0 ? 1 : Math.min(1, Math.max(0, used / whole));
  const rounded = Math.round(share * width);
  const filled = share === 0 ? 0 : share === 1 ? width : Math.min(width - 1, Math.max(1, rounded));
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}
