const LINE_FEED = 0x0a;

/**
 * Yields the lines of JSON Lines as they come. Only a line feed ends a line (a carriage return before it is white space to JSON):
 * U+2028 and its kin may stand in a string, where a reader of lines for people would cut.
 */
export async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...pieces, bytes.subarray(start, end)]).toString('utf8');
      pieces = [];
      start = end + 1;
    }
    if (start < bytes.length) pieces.push(bytes.subarray(start));
  }
  if (pieces.length > 0) yield Buffer.concat(pieces).toString('utf8');
}
