import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { forbiddenInXml } from '../../shared/marketo/operations/xml-text.ts';
import { createSoapTransport } from '../../shared/marketo/soap/client.ts';
import type { Call, CallOutcome, Send } from '../../shared/marketo/transport.ts';
import { checked } from '../support/checked.ts';
import { emptyExchange } from '../support/direct-send.ts';
import { goldenCases } from '../support/golden.ts';
import { selectorType } from '../support/selector-type.ts';
import { type XmlTree, xmlTree } from '../support/xml-tree.ts';

const transport = createSoapTransport<never>({
  endpoint: 'http://127.0.0.1/soap',
  credentials: () => ({ userId: 'user', encryptionKey: 'key' }),
  clock: () => 0,
});

/** Runs a call up to its first byte and answers what would have been sent; null if nothing would. */
async function envelopeOf(call: Call): Promise<{ sent: string | null; outcome: CallOutcome<never> }> {
  let sent: string | null = null;
  const send: Send<never> = async (_target, perform) => {
    const post = async (request: { body: string }) => {
      sent = request.body;
      return { status: 200, headers: {}, body: '' };
    };
    return { ...(await perform(post)), exchange: emptyExchange };
  };
  const outcome = await transport.run(call, send);
  return { sent, outcome };
}

/** Whatever once slipped through an XML writer, and what node-soap gives a meaning of its own. */
const HOSTILE = [
  '<![CDATA[x]]>',
  '<![CDATA[]]></attrValue><evil/><attrValue><![CDATA[]]>',
  '</attrValue><attrValue>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a [<!ENTITY b "c">]>&b;',
  '<!-- -- -->',
  ']]>',
  '&amp;',
  '&#13;',
  '&',
  '"\'',
  '\r\n',
  '\r',
  ' \t lead and trail \n ',
  ' ',
  '',
  '$xml',
  '$value',
  '_xml',
  'attributes',
  '__proto__',
  'constructor',
  '😀\u{10ffff}\ue000\ufffd\u0085\u2028\u00a0',
  'null',
  'undefined',
];

const carried = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(...HOSTILE),
    fc
      .tuple(fc.constantFrom(...HOSTILE), fc.string(), fc.constantFrom(...HOSTILE))
      .map((parts) => parts.join('')),
  )
  .filter((text) => forbiddenInXml(text).length === 0);

/** XML 1.0 has no place for these, escaped or not. */
const forbidden = fc.constantFrom('\0', '\b', '\u000b', '\u001f', '\ufffe', '\uffff', '\ud800', '\udc00x');

type Replace = (text: string) => string;

function withLeaves(value: unknown, replace: Replace): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => withLeaves(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, withLeaves(child, replace)]));
}

function treeOf(name: string, value: unknown): XmlTree {
  if (typeof value !== 'object' || value === null) return { name, content: String(value) };
  const children = Object.entries(value as Record<string, unknown>).flatMap(([child, inner]) =>
    Array.isArray(inner) ? inner.map((item) => treeOf(child, item)) : [treeOf(child, inner)],
  );
  const content = children.length === 0 ? '' : children;
  return name === 'leadSelector' ? { name, type: selectorType(value), content } : { name, content };
}

function childOf(tree: XmlTree | undefined, name: string): XmlTree | undefined {
  return typeof tree?.content === 'object' ? tree.content.find((child) => child.name === name) : undefined;
}

const calls = goldenCases().map(({ operation, params, workspace }) => ({
  ...checked(operation, params),
  workspace,
}));

const RUNS = { numRuns: 600 };

describe('the envelope', () => {
  test('reads back as the params, whatever the texts in them', async () => {
    expect(new Set(calls.map((call) => call.operation)).size).toBe(23);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...calls),
        fc.array(carried, { minLength: 1, maxLength: 20 }),
        fc.option(carried),
        async (call, texts, workspace) => {
          let next = 0;
          const params = withLeaves(call.params, () => texts[next++ % texts.length] ?? '');
          const { sent } = await envelopeOf({ ...call, params, workspace } as Call);
          expect(XMLValidator.validate(sent ?? '')).toBe(true);
          const envelope = xmlTree(sent ?? '');
          const name = `params${call.operation.charAt(0).toUpperCase()}${call.operation.slice(1)}`;
          expect(childOf(envelope, 'Body')?.content).toEqual([treeOf(name, params)]);
          const header = childOf(envelope, 'Header')?.content;
          expect(header).toHaveLength(workspace === null ? 1 : 2);
          if (workspace !== null) {
            expect(header?.[1]).toEqual(treeOf('MktowsContextHeader', { targetWorkspace: workspace }));
          }
        },
      ),
      RUNS,
    );
  });

  test('is not sent at all if one text holds what XML cannot carry, and the fault names the path', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...calls),
        carried,
        forbidden,
        fc.nat(),
        async (call, text, bad, at) => {
          let leaves = 0;
          withLeaves(call.params, () => String(leaves++));
          fc.pre(leaves > 0);
          let next = 0;
          const params = withLeaves(call.params, () => (next++ === at % leaves ? text + bad + text : text));
          const { sent, outcome } = await envelopeOf({ ...call, params } as Call);
          expect(sent).toBeNull();
          expect(outcome).toMatchObject({
            kind: 'fault',
            fault: {
              kind: 'internal',
              sent: false,
              message: expect.stringMatching(/^params\.[\w.[\]]+ contains U\+/),
            },
            exchange: { sentAt: null },
          });
        },
      ),
      RUNS,
    );
  });
});
