import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sdkSurface } from '../../scripts/sdk-surface.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('docs/sdk-surface.txt is what the library offers', () => {
  const surface = sdkSurface(ROOT);
  expect(surface, 'run npm run sdk; whatever is gone or has another type breaks programs of others').toBe(readFileSync(`${ROOT}docs/sdk-surface.txt`, 'utf8'));
  // A report of nothing would be equal, too.
  expect(surface).toContain('refs: (args: ArgumentsOf<"refs">, options?: AskOptions | undefined) => Promise<Bundle>');
}, 240_000);
