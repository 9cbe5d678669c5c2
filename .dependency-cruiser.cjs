// Each rule has a name and says what to do instead. `npm run layers` runs them and fails when nothing was cruised.
const only = (name, owners, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: '^src/', pathNot: owners },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: 'features-do-not-meet',
      severity: 'error',
      comment: 'Move the shared type down to src/base, or let the two meet in src/operations.',
      from: { path: '^src/(selectors|workspace|lsp|bundles|apply|reward|trace)/' },
      to: { path: '^src/', pathNot: '^src/(base|$1)/' },
    },
    {
      name: 'base-is-the-floor',
      severity: 'error',
      comment: 'base imports nothing of ours.',
      from: { path: '^src/base/' },
      to: { path: '^src/', pathNot: '^src/base/' },
    },
    {
      name: 'operations-know-no-front-end',
      severity: 'error',
      comment: 'An operation returns a bundle; printing and parsing belong to commands and render.',
      from: { path: '^src/operations/' },
      to: { path: '^src/(commands|render|daemon)/' },
    },
    {
      name: 'render-reads-bundles-only',
      severity: 'error',
      comment: 'Text is made from a bundle alone, so that a replayed bundle prints the same.',
      from: { path: '^src/render/' },
      to: { path: '^src/', pathNot: '^src/(base|bundles|render)/' },
    },
    { name: 'no-cycles', severity: 'error', comment: 'No exemptions: an exempted core is where cycles grow.', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', comment: 'An import that does not resolve hides what it reaches.', from: { path: '^src/' }, to: { couldNotResolve: true } },
    only('lsp-owns-the-protocol', '^src/lsp/', 'vscode-(jsonrpc|languageserver)', 'Convert to a src/base type at the border of src/lsp.'),
    only('selectors-own-the-parser', '^src/selectors/', 'web-tree-sitter', 'Ask src/selectors for a FileStructure.'),
    only('workspace-owns-git', '^src/workspace/', 'simple-git', 'Ask src/workspace.'),
    only('only-reward-model-runs-onnx', '^src/reward/model/', 'onnxruntime', 'Depend on the scorer interface of src/reward/model.'),
    only(
      'named-doors-to-processes',
      '^src/(lsp/spawn|lsp/interpreter|lsp/program-version|workspace/git-process|daemon/start)[.]ts$',
      '^(node:)?child_process$',
      'Processes are started in the files that this rule names, each of which ends what it starts.',
    ),
    only(
      'named-doors-to-the-disk',
      '^src/(reward/model/model-files|selectors/grammar-files|lsp/(files|process-memory)|workspace/[a-z-]+|apply/node-files|trace/trace-sink|daemon/[a-z-]+)[.]ts$',
      '^(node:)?fs(/promises)?$',
      'Take the content as a parameter, or ask src/workspace.',
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // Without these, packages that only have an export map count as unresolved.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
