import { Transform } from 'node:stream';

/** Longer messages than this cannot be made a string of, and no honest answer comes near. */
const FRAME_BYTES_MAX = 256 * 1024 * 1024;
/** A header of LSP is two short lines. */
const HEADER_BYTES_MAX = 64 * 1024;
const HEADER_END = '\r\n\r\n';

/** Passes a server's output on, and ends in an error at the header of a message that is too long to be held in memory. */
export function limitFrames(bytesMax: number = FRAME_BYTES_MAX): Transform {
  let header = '';
  let bodyLeft = 0;
  /** Returns the length that is announced beyond the limit; null when all is well. */
  const scan = (chunk: Buffer): number | null => {
    for (let at = 0; at < chunk.length; ) {
      if (bodyLeft > 0) {
        const inBody = Math.min(bodyLeft, chunk.length - at);
        bodyLeft -= inBody;
        at += inBody;
        continue;
      }
      const before = header.length;
      header += chunk.toString('latin1', at);
      const end = header.indexOf(HEADER_END);
      // What is no header at all is the reader's to complain about.
      if (end < 0) {
        header = header.slice(-HEADER_BYTES_MAX);
        return null;
      }
      at += end + HEADER_END.length - before;
      bodyLeft = Number(/content-length: *(\d+)/i.exec(header.slice(0, end))?.[1] ?? 0);
      header = '';
      if (bodyLeft > bytesMax) return bodyLeft;
    }
    return null;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const length = scan(chunk);
      if (length === null) done(null, chunk);
      else done(new Error(`a message of ${String(length)} bytes`));
    },
  });
}
