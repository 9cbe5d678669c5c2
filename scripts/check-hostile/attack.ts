import { join } from 'node:path';
import { uriFromPath } from '../../src/base/relative-uri.js';
import type { JsonObject } from '../../src/bundles/json-shape.js';

/** A path or URI that must not lead out of a workspace, and where it is handed in. */
export interface HostileCase {
  readonly id: string;
  /** `relative`, `absolute`, `uri` or `selector`. */
  readonly form: string;
  readonly value: string;
  readonly entry_points: readonly string[];
  readonly expect: string;
}

export interface Attack {
  readonly entry: string;
  readonly what: string;
  readonly request: { readonly cmd: string; readonly args: JsonObject };
  /** The URI that a lying server answers with. */
  readonly server?: string;
  /** What the edits of a lying server do; see fixtures/servers/lying-server.mjs. */
  readonly lie?: string;
}

/** The value with `/ws` and `/outside` standing for the folders of this machine. */
function substituted(value: string, sandbox: string): string {
  return value.replace(/\/(?:ws|outside)(?=[/%?#]|$)/g, (folder, at: number) => (/(?:^|[^/]\/\/|^[a-z]+:|\/\/localhost|root|cwd\/\.\.)$/i.test(value.slice(0, at)) || at === 0 ? join(sandbox, folder) : folder));
}

/** Every way to hand the value in at its entry points. */
export function attacksOf({ form, value, entry_points: entries }: HostileCase, sandbox: string): Attack[] {
  const path = substituted(value, sandbox);
  const make: Readonly<Record<string, () => Attack[]>> = {
    selector: () => (form === 'selector' ? [path] : [`${path}@L1:C1`, `anchor://${path}#"x"`, `sym://${path}#x`, `ast://[file=${path}]/[def=x]`, `${path}@L1:C1?v=git:HEAD`]).flatMap((selector) => ['locate', 'def'].map((cmd) => attack('selector', selector, cmd, { selector }))),
    cli_path: () => [attack('cli_path', 'symbols', 'symbols', { path }), attack('cli_path', 'diag', 'diag', { paths: [path] })],
    patch: () => patches(path).flatMap(([what, patch]) => [true, false].map((apply) => attack('patch', what, 'apply', { patch, apply, allowDirty: true, delta: false }))),
    workspace_edit: () => edits(path, form).flatMap(([what, edit]) => [true, false].map((apply) => attack('workspace_edit', what, 'apply', { patch: JSON.stringify(edit), apply, allowDirty: true, delta: false }))),
    lsp_location: () => ['def', 'refs'].map((cmd) => ({ ...attack('lsp_location', cmd, cmd, { selector: 'src/app.py@L1:C1' }), server: path })),
    server_edit: () => LIES.flatMap((lie) => serverEdits.map(([cmd, args]) => ({ ...attack('server_edit', lie, cmd, { selector: 'src/app.py@L1:C1', apply: true, allowDirty: true, ...args }), server: path, lie }))),
  };
  return entries.flatMap((entry) => make[entry]?.() ?? []);
}

const LIES = ['edit', 'changes', 'create', 'renameTo', 'renameFrom', 'delete'];
const serverEdits: readonly (readonly [string, JsonObject])[] = [['rename', { newName: 'y' }], ['fix', { action: 'Mend it' }]];

function attack(entry: string, what: string, cmd: string, args: JsonObject): Attack {
  return { entry, what: `${cmd} ${what}`.slice(0, 120), request: { cmd, args } };
}

function patches(path: string): [string, string][] {
  // As Git writes names that are not plain.
  const quoted = [...Buffer.from(path)].map((byte) => (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte))).join('');
  const body = '@@ -0,0 +1 @@\n+hurt\n';
  return [
    ['creates', `--- /dev/null\n+++ b/${path}\n${body}`],
    ['creates, bare', `--- /dev/null\n+++ ${path}\n${body}`],
    ['creates, quoted', `--- /dev/null\n+++ "b/${quoted}"\n${body}`],
    ['creates, by header', `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000000..e69de29\n`],
    ['changes', `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-secret\n+hurt\n`],
    ['changes, bare', `--- ${path}\n+++ ${path}\n@@ -1 +1 @@\n-secret\n+hurt\n`],
    ['deletes', `--- a/${path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-secret\n`],
    ['renames to', `diff --git a/src/app.py b/${path}\nsimilarity index 100%\nrename from src/app.py\nrename to ${path}\n`],
    ['renames from', `diff --git a/${path} b/src/new.py\nsimilarity index 100%\nrename from ${path}\nrename to src/new.py\n`],
    ['copies from', `diff --git a/${path} b/src/new.py\nsimilarity index 100%\ncopy from ${path}\ncopy to src/new.py\n`],
    ['says one name and means another', `diff --git a/src/app.py b/src/app.py\n--- a/src/app.py\n+++ b/${path}\n@@ -1 +1 @@\n-x = 1\n+hurt\n`],
    ['in the form of an agent', `*** Begin Patch\n*** Add File: ${path}\n+hurt\n*** End Patch\n`],
  ];
}

function edits(path: string, form: string): [string, unknown][] {
  const uris = form === 'uri' ? [path] : [path, uriFromPath(path.toWellFormed()), `file://${path}`];
  const start = { line: 0, character: 0 };
  return uris.flatMap((uri): [string, unknown][] => {
    const text = { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: 'hurt' }] };
    return [
      [`edits ${uri}`, { documentChanges: [text] }],
      [`edits ${uri} in the old form`, { changes: { [uri]: text.edits } }],
      [`creates ${uri}`, { documentChanges: [{ kind: 'create', uri, options: { overwrite: true } }, text] }],
      [`renames to ${uri}`, { documentChanges: [{ kind: 'rename', oldUri: 'src/app.py', newUri: uri, options: { overwrite: true } }] }],
      [`renames from ${uri}`, { documentChanges: [{ kind: 'rename', oldUri: uri, newUri: 'src/new.py' }] }],
      [`deletes ${uri}`, { documentChanges: [{ kind: 'delete', uri, options: { recursive: true } }] }],
    ];
  });
}
