/** Returns what a text says; undefined, which no JSON is, for a text that is none: a schema then says that it is no object. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
