import type { ClientCapabilities } from 'vscode-languageserver-protocol';

/** What this client tells every server that it understands. Dynamic registration matters: pyright offers pull diagnostics only then. */
export const CLIENT_CAPABILITIES = {
  general: { positionEncodings: ['utf-16', 'utf-8'] },
  window: { workDoneProgress: false },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    diagnostics: { refreshSupport: true },
    symbol: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'], normalizesLineEndings: false },
    // Answered, never carried out: what a command wants to edit is caught and becomes a preview.
    applyEdit: true,
  },
  textDocument: {
    synchronization: { dynamicRegistration: true, didSave: false },
    diagnostic: { dynamicRegistration: true, relatedDocumentSupport: false },
    publishDiagnostics: { versionSupport: true, relatedInformation: true },
    definition: { dynamicRegistration: true, linkSupport: false },
    declaration: { dynamicRegistration: true, linkSupport: false },
    typeDefinition: { dynamicRegistration: true, linkSupport: false },
    implementation: { dynamicRegistration: true, linkSupport: false },
    references: { dynamicRegistration: true },
    documentHighlight: { dynamicRegistration: true },
    callHierarchy: { dynamicRegistration: true },
    typeHierarchy: { dynamicRegistration: true },
    signatureHelp: { dynamicRegistration: true, signatureInformation: { documentationFormat: ['markdown', 'plaintext'], activeParameterSupport: true } },
    // No snippets: what is offered is text to insert, not a form to fill in.
    completion: { dynamicRegistration: true, contextSupport: true, completionItem: { snippetSupport: false, documentationFormat: ['markdown', 'plaintext'] } },
    hover: { dynamicRegistration: true, contentFormat: ['markdown', 'plaintext'] },
    documentSymbol: { dynamicRegistration: true, hierarchicalDocumentSymbolSupport: true },
    rename: { dynamicRegistration: true, prepareSupport: true, honorsChangeAnnotations: false },
    codeAction: {
      dynamicRegistration: true,
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'refactor', 'refactor.extract', 'refactor.inline', 'refactor.move', 'refactor.rewrite', 'source', 'source.organizeImports', 'source.fixAll'] } },
      isPreferredSupport: true,
      disabledSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit', 'command'] },
    },
  },
} as const satisfies ClientCapabilities;
