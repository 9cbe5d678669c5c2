// Fills grammars/ from the npm packages named below. `node scripts/vendor-grammars.mjs` downloads and writes;
// `--check` downloads nothing and fails when a vendored file differs from its digest in grammars/SOURCES.json.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'grammars');
const INDEX = join(FOLDER, 'SOURCES.json');

/** One row per vendored file. A digest is a promise: change it only together with the version. */
const SOURCES = [
  ['tree-sitter-c', '0.24.1', 'tree-sitter-c.wasm'],
  ['tree-sitter-cpp', '0.23.4', 'tree-sitter-cpp.wasm'],
  ['tree-sitter-go', '0.25.0', 'tree-sitter-go.wasm'],
  ['tree-sitter-java', '0.23.5', 'tree-sitter-java.wasm'],
  ['tree-sitter-javascript', '0.25.0', 'tree-sitter-javascript.wasm'],
  ['tree-sitter-python', '0.25.0', 'tree-sitter-python.wasm'],
  ['tree-sitter-rust', '0.24.0', 'tree-sitter-rust.wasm'],
  ['tree-sitter-typescript', '0.23.2', 'tree-sitter-tsx.wasm'],
  ['tree-sitter-typescript', '0.23.2', 'tree-sitter-typescript.wasm'],
];

const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

if (process.argv.includes('--check')) check();
else vendor();

function check() {
  for (const { file, sha256 } of JSON.parse(readFileSync(INDEX, 'utf8')).grammars) {
    const actual = digestOf(readFileSync(join(FOLDER, file)));
    if (actual !== sha256) throw new Error(`grammars/${file} is ${actual}, but grammars/SOURCES.json says ${sha256}`);
  }
}

function vendor() {
  const recorded = new Map(readIndex().map((entry) => [`${entry.package}@${entry.version}/${entry.file}`, entry.sha256]));
  const temporary = mkdtempSync(join(tmpdir(), 'grammars-'));
  try {
    writeFileSync(join(temporary, 'package.json'), '{"private":true}\n');
    const wanted = [...new Set(SOURCES.map(([name, version]) => `${name}@${version}`))];
    // The packages' native builds and peer ranges do not matter: only the .wasm inside each is used.
    execFileSync('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--no-save', ...wanted], { cwd: temporary, stdio: 'inherit' });
    const grammars = SOURCES.map(([name, version, file]) => vendorFile(join(temporary, 'node_modules', name), name, version, file, recorded));
    writeFileSync(INDEX, `${JSON.stringify({ generatedBy: 'node scripts/vendor-grammars.mjs', grammars }, null, 2)}\n`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function readIndex() {
  try {
    return JSON.parse(readFileSync(INDEX, 'utf8')).grammars;
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function vendorFile(folder, name, version, file, recorded) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (manifest.version !== version) throw new Error(`npm installed ${name}@${manifest.version} instead of ${version}`);
  const bytes = readFileSync(join(folder, file));
  const sha256 = digestOf(bytes);
  const before = recorded.get(`${name}@${version}/${file}`);
  if (before !== undefined && before !== sha256) throw new Error(`${name}@${version}/${file} is ${sha256}, but was ${before} when it was vendored first`);
  writeFileSync(join(FOLDER, file), bytes);
  return { file, package: name, version, sha256, licence: manifest.license };
}
