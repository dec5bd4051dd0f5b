/** Who has a claim: the instance, and a place at its desk: `<instance>.<desk>.<lane>-<place>`. */
const PLACE = /^(.+)-(\d+)$/;
/** The same in a lease, for several at once: `<instance>.<desk>.<lane>-<first>_<last>`. */
const PLACES = /^(.+)-(\d+)(?:_(\d+))?$/;

/**
 * Who a call that several share is made for, as its lease says it: from the first of their places to the last. A list of 300
 * would not fit the account's document; whoever of their lane set out in between is taken for one of them.
 */
export function sharedOwner([first, ...others]: readonly [string, ...string[]]): string {
  const base = PLACE.exec(first)?.[1];
  const places = [first, ...others].map((owner) => Number(PLACE.exec(owner)?.[2]));
  if (base === undefined || others.length === 0) return first;
  return `${base}-${Math.min(...places)}_${Math.max(...places)}`;
}

/** Whether the lease is that of a call that was made for the owner of a claim. Its id begins with `owner/`. */
export function isLeaseOf(leaseId: string, owner: string): boolean {
  const of = leaseId.slice(0, Math.max(0, leaseId.lastIndexOf('/')));
  if (of === owner) return true;
  const [, base, place] = PLACE.exec(owner) ?? [];
  const [, ofBase, first, last] = PLACES.exec(of) ?? [];
  if (base === undefined || base !== ofBase || last === undefined) return false;
  return Number(first) <= Number(place) && Number(place) <= Number(last);
}
