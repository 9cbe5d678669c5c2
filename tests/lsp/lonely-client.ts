// A process that opens a session, says on stdout how far it is, and then waits to be killed: KIND MOMENT ROOT.
import { fileDiagnostics } from '../../src/lsp/diagnostics.js';
import { hover } from '../../src/lsp/navigation.js';
import { pyright } from '../../src/lsp/servers/pyright.js';
import { Session } from '../../src/lsp/session.js';
import { typescript, typescriptClassic } from '../../src/lsp/servers/typescript.js';
import { fixtureServer } from './fixture-server.js';

const [kind = '', moment = '', root = ''] = process.argv.slice(2);
const specs = { pyright, typescript, classic: typescriptClassic, stubborn: fixtureServer('stubborn-server.mjs'), busy: fixtureServer('stubborn-server.mjs', ['busy']) };
const spec = specs[kind as keyof typeof specs];
const file = kind === 'typescript' || kind === 'classic' ? 'big.ts' : 'big.py';

console.log('starting');
const session = await Session.start({ spec, root, aliases: [], env: process.env, interpreter: null, timeoutMs: 60_000 });
if (moment === 'busy') {
  const asked = kind === 'stubborn' ? hover(session, file, { line: 0, character: 0 }) : fileDiagnostics(session, file);
  setTimeout(() => {
    console.log('reached');
  }, 300);
  await asked;
} else {
  if (kind !== 'busy') await session.sourcesFound();
  console.log('reached');
}
await new Promise((resolve) => setTimeout(resolve, 600_000));
