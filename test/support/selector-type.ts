/** Which selector of leads it is, told by its children: written here once more, without the operation table. */
export function selectorType(selector: object): string {
  if ('keyType' in selector) return 'LeadKeySelector';
  return 'oldestUpdatedAt' in selector ? 'LastUpdateAtSelector' : 'StaticListSelector';
}
