import type { JsonObject } from '../../src/bundles/json-shape.js';
import type { OracleCase } from './cases.js';

/** The command that asks what a case asks, without its workspace; null for a kind of question that is not known. */
export function questionOf({ request }: OracleCase): { readonly cmd: string; readonly args: JsonObject } | null {
  const { kind, path, position } = request;
  if (kind === 'diagnostics') return { cmd: 'diag', args: { paths: path === undefined ? [] : [path] } };
  if (path === undefined || position === undefined) return null;
  const selector = `${encodePath(path)}@L${String(position.line + 1)}:C${String(position.character + 1)}`;
  switch (kind) {
    case 'definition':
      return { cmd: request.lsp_method === 'textDocument/declaration' ? 'decl' : 'def', args: { selector } };
    case 'references':
      return { cmd: 'refs', args: { selector, declaration: request.includeDeclaration ?? true } };
    case 'hover':
      return { cmd: 'hover', args: { selector } };
    case 'signatureHelp':
      return { cmd: 'signature', args: { selector } };
    case 'rename':
      return { cmd: 'rename', args: { selector, newName: request.newName ?? '' } };
    default:
      return null;
  }
}

/** As a selector spells a path. */
function encodePath(path: string): string {
  return path.replace(/[%?#@&="[\]() ]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
