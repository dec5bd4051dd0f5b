import { hash } from 'node:crypto';
import { isObject } from './is-object.ts';

export const sha256Hex = (text: string): string => hash('sha256', text);

/** The first half of a SHA-256, in 22 letters of base64url: no two texts share it by chance. */
export const shortHash = (text: string): string =>
  hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');

/** The first 48 bits of a SHA-256, as a whole number: of a million texts two are alike once in five hundred times. */
export const hashNumber = (text: string): number => hash('sha256', text, 'buffer').readUIntBE(0, 6);

/** JSON with sorted keys: two values that differ only in the order of their keys give the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const child = value[key];
    if (child === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(child)}`;
  }
  return `{${text}}`;
}

/** JSON in ASCII only. SQS refuses control characters and lone surrogates in a body; escaped, every text passes. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
