/** What each place of a selector encodes beside controls. Everything else, non-ASCII included, is printed as it is. */
export const RESERVED = {
  name: /[.:#?&=%"[\]()/ \p{Cc}]/gu,
  /** Paths and modules: their own separators stay. A backslash would be a separator on Windows. */
  path: /[:#?&=%"[\]() \\\p{Cc}]/gu,
  value: /[&=#%" \p{Cc}]/gu,
  /** Inside quotes. A backslash at the end would escape the closing quote, as would one before a quote. */
  quoted: /["%\p{Cc}]|\\(?=\\*$|\\*")/gu,
} as const;

/** Returns `text` with the characters of `reserved` as percent escapes of their UTF-8 bytes. */
export function percentEncode(text: string, reserved: RegExp): string {
  return text.replace(reserved, (character) => [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}

export type Decoded = { readonly ok: true; readonly text: string } | { readonly ok: false; /** Offset of the bad escape. */ readonly at: number };

/** Returns `text` with its percent escapes replaced, or where one is malformed or not UTF-8. */
export function percentDecode(text: string): Decoded {
  let decoded = '';
  let from = 0;
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', from)) {
    decoded += text.slice(from, at);
    const run = /^(?:%[0-9A-Fa-f]{2})+/.exec(text.slice(at))?.[0];
    if (run === undefined) return { ok: false, at };
    try {
      decoded += new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(run.replaceAll('%', ''), 'hex'));
    } catch (error) {
      if (error instanceof TypeError) return { ok: false, at };
      throw error;
    }
    from = at + run.length;
  }
  return { ok: true, text: decoded + text.slice(from) };
}
