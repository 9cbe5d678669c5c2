// Builds dist/: our sources and the pure-JavaScript packages as ES modules that share chunks. Says nothing when all is well.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outdir = join(root, 'dist');

// Bundled CommonJS packages ask for what an ES module does not have.
const banner = [
  "import { createRequire as assayCreateRequire } from 'node:module';",
  "import { dirname as assayDirname } from 'node:path';",
  "import { fileURLToPath as assayFileURLToPath } from 'node:url';",
  'const require = assayCreateRequire(import.meta.url);',
  'const __filename = assayFileURLToPath(import.meta.url);',
  'const __dirname = assayDirname(__filename);',
].join('\n');

rmSync(outdir, { recursive: true, force: true });
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts', 'src/index.ts', 'src/commands.ts', 'src/daemon/main.ts'],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // jsonc-parser's CommonJS build hides its requires from a bundler.
    mainFields: ['module', 'main'],
    banner: { js: banner },
    // Servers are run by their path, web-tree-sitter and onnxruntime bring binaries that lie beside their code.
    external: ['pyright', 'typescript', 'typescript-native', 'typescript-language-server', 'web-tree-sitter', 'onnxruntime-node'],
    legalComments: 'none',
    logLevel: 'warning',
  });
} catch {
  // esbuild has printed what is wrong.
  process.exitCode = 1;
}
