const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/**
 * A text as XML character data that reads back verbatim. Every `<` goes, so nothing in it is markup, a CDATA section
 * included; every `>` goes, so no `]]>` stands; line breaks go as references, because a parser turns a literal CR into LF.
 */
export const xmlEscape = (text: string): string =>
  text.replace(/[&<>"'\t\n\r]/g, (character) => ESCAPES[character] ?? character);
