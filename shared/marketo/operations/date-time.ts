const W3C = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

/** Whether a text is an xsd:dateTime that exists: 2026-02-30 has the shape but is no day. */
export function isDateTime(text: string): boolean {
  const parts = W3C.exec(text);
  if (parts === null) return false;
  const [, year, month, day, hour, minute, second, , zone] = parts;
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return false;
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 && isZone(zone);
}

/** XML Schema allows offsets up to 14 hours. */
function isZone(zone: string | undefined): boolean {
  if (zone === undefined || zone === 'Z') return true;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  return minutes < 60 && hours * 60 + minutes <= 14 * 60;
}
