import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sdkSurface } from './sdk-surface.js';

/** Writes docs/sdk-surface.txt, what `import 'assay'` offers: `npm run sdk`. */
writeFileSync(join(process.cwd(), 'docs', 'sdk-surface.txt'), sdkSurface(process.cwd()));
