/** The text of a file, and the way back to bytes. */
export interface FileText {
  /** A byte order mark is part of the text. */
  readonly text: string;
  /** False when the bytes are no text in an encoding that we know: every byte then stands as one character. */
  readonly isReadable: boolean;
  /** Returns the bytes of an edited text; what was not edited has the bytes that it had. */
  readonly encode: (edited: string) => Buffer;
}

/** Decodes UTF-8, and UTF-16 where a byte order mark says so; other bytes are kept one by one. */
export function decodeFile(bytes: Buffer): FileText {
  const isEven = bytes.length % 2 === 0;
  if (isEven && bytes[0] === 0xff && bytes[1] === 0xfe) return { text: bytes.toString('utf16le'), isReadable: true, encode: (edited) => Buffer.from(edited, 'utf16le') };
  if (isEven && bytes[0] === 0xfe && bytes[1] === 0xff) return { text: Buffer.from(bytes).swap16().toString('utf16le'), isReadable: true, encode: (edited) => Buffer.from(edited, 'utf16le').swap16() };
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return { text, isReadable: true, encode: (edited) => Buffer.from(edited, 'utf8') };
  return { text: bytes.toString('latin1'), isReadable: false, encode: (edited) => Buffer.from(edited, 'latin1') };
}
