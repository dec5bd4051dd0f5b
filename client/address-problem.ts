/** What exports write where there is no value: databases, spreadsheets, programming languages. */
const NOTHING =
  /^(?:\(null\)|<null>|\[null\]|null|nil|none|undefined|nan|n\/?a|#n\/a|\\n|-+|\?+|#(?:null|div\/0|value|ref|name|num)[!?]?)$/i;

/** What nobody sees: format characters such as a zero-width space, and blanks beside the plain one. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Cc}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\u3164]/u;

const CURLY = /[\u2018-\u201f\u2039\u203a\u00ab\u00bb]/u;

/** Characters with a meaning of their own in a list of addresses (RFC 5322): none stands bare inside one. */
const SPECIAL = /[()<>[\]\\,;:"]/;

/** Why a key names nobody, in words that show nothing of a lead's; null if it may. Blanks around it are no part of it. */
export function keyProblem(key: string): string | null {
  const text = withoutBlanks(key);
  if (NOTHING.test(text)) return `is ${JSON.stringify(text)}, which stands for no value`;
  const unseen = UNSEEN.exec(text)?.[0];
  return unseen === undefined ? null : `holds ${codePoint(unseen)}, which nobody sees; remove it`;
}

/**
 * Why a text is no e-mail address, in the same way. As lenient as the addresses that people have: `o'brien+x@mail.example.co.uk` and
 * `jörg@example.com` are some.
 */
export function addressProblem(address: string): string | null {
  const text = withoutBlanks(address);
  return keyProblem(text) ?? wrapped(text) ?? misshapen(text);
}

/**
 * Without the blanks at either end. Not String.trim, which takes what would be sent all the same; not an expression, which would
 * try each blank of a long run as the first.
 */
function withoutBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charAt(from))) from += 1;
  while (from < to && isBlank(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

const isBlank = (character: string): boolean => ' \t\r\n'.includes(character);

/** An address with something around it. */
function wrapped(text: string): string | null {
  const curly = CURLY.exec(text)?.[0];
  if (curly !== undefined) return `holds the curly quote ${codePoint(curly)}; remove it`;
  if (/^(["'`]).*\1$/s.test(text)) return 'stands in quotes; leave them out';
  const scheme = /^(mailto|smtp|e-?mail):/i.exec(text)?.[0];
  if (scheme !== undefined) return `begins with ${JSON.stringify(scheme)}; give the address alone`;
  if (text.lastIndexOf('>') > text.indexOf('<') && text.includes('<'))
    return 'is a name with an address; give only what stands between < and >';
  return null;
}

function misshapen(text: string): string | null {
  const ats = text.split('@').length - 1;
  if (ats === 0) return 'is no e-mail address: it has no @';
  if (ats > 1 || /[;,]/.test(text)) return 'is not one e-mail address; give exactly one';
  if (/\s/.test(text)) return 'is no e-mail address: there is a blank in it';
  const special = SPECIAL.exec(text.replace(/@\[[\w.:]+\]$/, '@literal.example'))?.[0];
  if (special !== undefined) return `is no e-mail address: no ${special} stands in one`;
  const [local = '', domain = ''] = text.split('@');
  if (local === '') return 'is no e-mail address: nothing stands before the @';
  if (!domain.includes('.')) return 'is no e-mail address: there is no dot behind the @';
  if (/^\.|\.\.|\.$/.test(domain)) return 'is no e-mail address: its domain has an empty part';
  return null;
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
