/** Finished XML, told apart from text that still has to be escaped. */
export interface Markup {
  readonly xml: string;
}

type Content = Markup | string | number | boolean;

/** An element of a reply; text is escaped, markup is not. */
export function tag(name: string, ...content: readonly Content[]): Markup {
  return { xml: `<${name}>${content.map(render).join('')}</${name}>` };
}

/** Marketo sends optional children without a value as `xsi:nil`. */
export function nil(name: string): Markup {
  return { xml: `<${name} xsi:nil="true"/>` };
}

export function tagOrNil(name: string, value: string | number | null | undefined): Markup {
  return value === null || value === undefined ? nil(name) : tag(name, value);
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser turns a bare carriage return into a line feed.
  '\r': '&#13;',
};

function render(content: Content): string {
  return typeof content === 'object' ? content.xml : escapeXml(String(content));
}
