const MASK = '***';

/**
 * Replaces every secret in a captured text, also where it stands escaped for XML, JSON or a URL.
 * The longest goes first: a secret that is part of another must not leave the rest of it behind.
 */
export function mask(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length);
  return forms.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

// An empty secret is no secret, and replacing it would put a mask between every two characters.
function spellings(secret: string): string[] {
  if (secret === '') return [];
  return [secret, xmlSpelling(secret), JSON.stringify(secret).slice(1, -1), urlSpelling(secret)];
}

const xmlSpelling = (secret: string): string =>
  secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');

// encodeURIComponent throws on a lone surrogate, which no URL can carry anyway.
const urlSpelling = (secret: string): string => (secret.isWellFormed() ? encodeURIComponent(secret) : secret);
