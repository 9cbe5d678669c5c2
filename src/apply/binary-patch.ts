import { deflateSync } from 'node:zlib';

/** True for bytes that a text diff cannot carry: a NUL among the first 8000, as for Git, or no UTF-8, because a bundle is text. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0) || !Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

/** Returns Git's binary patch: both contents whole, so that it can be undone. */
export function binaryPatch(before: Buffer, after: Buffer): string {
  return `GIT binary patch\n${literal(after)}\n${literal(before)}\n`;
}

const LINE_BYTES = 52;

function literal(bytes: Buffer): string {
  const packed = deflateSync(bytes);
  const lines: string[] = [];
  for (let at = 0; at < packed.length; at += LINE_BYTES) {
    const chunk = packed.subarray(at, at + LINE_BYTES);
    lines.push(`${lengthLetter(chunk.length)}${base85(chunk)}\n`);
  }
  return `literal ${String(bytes.length)}\n${lines.join('')}`;
}

/** 1–26 are A–Z, 27–52 are a–z. */
function lengthLetter(length: number): string {
  return String.fromCharCode(length <= 26 ? 64 + length : 96 + length - 26);
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

/** Four bytes become five characters; a short end is filled with zeros. */
function base85(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    let value = 0;
    for (let index = 0; index < 4; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
    let group = '';
    for (let index = 0; index < 5; index += 1) {
      group = (ALPHABET[value % 85] ?? '') + group;
      value = Math.floor(value / 85);
    }
    text += group;
  }
  return text;
}
