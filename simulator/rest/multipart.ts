export interface Part {
  readonly name: string;
  readonly hasFilename: boolean;
  readonly content: string;
}

/** The parts of a multipart/form-data body (RFC 7578), or null if it is none: the last boundary has to be there. */
export function multipart(contentType: string, body: string): Part[] | null {
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (pieces.length < 3 || !/^--\s*$/.test(pieces.at(-1) ?? '')) return null;
  const parts = pieces.slice(1, -1).map(partOf);
  return parts.every((part) => part !== null) ? parts : null;
}

function partOf(piece: string): Part | null {
  const end = piece.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const disposition = /^content-disposition:(.*)$/im.exec(piece.slice(0, end))?.[1] ?? '';
  const name = /;\s*name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) return null;
  return { name, hasFilename: /;\s*filename="/i.test(disposition), content: piece.slice(end + 4) };
}
