import type { JsonObject } from '../../src/bundles/json-shape.js';
import type { OracleCase } from './cases.js';

export interface OracleQuestion {
  readonly cmd: string;
  readonly args: JsonObject;
}

/** The commands whose answers together are what a case asks for, without its workspace; none for a kind of question that is not known. */
export function questionsOf({ request }: OracleCase): OracleQuestion[] {
  const { kind, path, position } = request;
  if (kind === 'diagnostics') return [{ cmd: 'diag', args: { paths: path === undefined ? [] : [path] } }];
  if (path === undefined || position === undefined) return [];
  const selector = `${encodePath(path)}@L${String(position.line + 1)}:C${String(position.character + 1)}`;
  switch (kind) {
    case 'definition':
      // We announce declarations, so pyright tells apart what another client hears at once.
      if (request.client_declaration_capability === false) return ['def', 'decl'].map((cmd) => ({ cmd, args: { selector } }));
      return [{ cmd: request.lsp_method === 'textDocument/declaration' ? 'decl' : 'def', args: { selector } }];
    case 'references':
      return [{ cmd: 'refs', args: { selector, declaration: request.includeDeclaration ?? true } }];
    case 'hover':
      return [{ cmd: 'hover', args: { selector } }];
    case 'signatureHelp':
      return [{ cmd: 'signature', args: { selector } }];
    case 'rename':
      return [{ cmd: 'rename', args: { selector, newName: request.newName ?? '' } }];
    default:
      return [];
  }
}

/** As a selector spells a path. */
function encodePath(path: string): string {
  return path.replace(/[%?#@&="[\]() ]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
