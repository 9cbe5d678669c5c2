import Apply from './commands/apply.js';
import Actions from './commands/actions.js';
import Batch from './commands/batch.js';
import Calibrate from './commands/calibrate.js';
import Calls from './commands/calls.js';
import Completion from './commands/completion.js';
import DaemonStart from './commands/daemon/start.js';
import DaemonStatus from './commands/daemon/status.js';
import DaemonStop from './commands/daemon/stop.js';
import Decl from './commands/decl.js';
import Def from './commands/def.js';
import Diag from './commands/diag.js';
import Doctor from './commands/doctor.js';
import Fix from './commands/fix.js';
import Highlights from './commands/highlights.js';
import Hover from './commands/hover.js';
import Impl from './commands/impl.js';
import Init from './commands/init.js';
import Locate from './commands/locate.js';
import Rank from './commands/rank.js';
import Recover from './commands/recover.js';
import PrepareRename from './commands/prepare-rename.js';
import Refs from './commands/refs.js';
import Rename from './commands/rename.js';
import Reward from './commands/reward.js';
import SchemaExport from './commands/schema/export.js';
import SchemaValidate from './commands/schema/validate.js';
import SchemaValidateBatch from './commands/schema/validate-batch.js';
import Score from './commands/score.js';
import Servers from './commands/servers.js';
import Signature from './commands/signature.js';
import Symbols from './commands/symbols.js';
import Trajectory from './commands/trajectory.js';
import TraceList from './commands/trace/list.js';
import TraceRedact from './commands/trace/redact.js';
import TraceReplay from './commands/trace/replay.js';
import TraceShow from './commands/trace/show.js';
import Typedef from './commands/typedef.js';
import Types from './commands/types.js';
import Undo from './commands/undo.js';

/** Every command by every name that it answers to. */
export const COMMANDS = {
  apply: Apply,
  actions: Actions,
  batch: Batch,
  calibrate: Calibrate,
  'call-hierarchy': Calls,
  callHierarchy: Calls,
  calls: Calls,
  'code-actions': Actions,
  codeActions: Actions,
  complete: Completion,
  completion: Completion,
  completions: Completion,
  'daemon:start': DaemonStart,
  'daemon:status': DaemonStatus,
  'daemon:stop': DaemonStop,
  decl: Decl,
  declaration: Decl,
  def: Def,
  definition: Def,
  diag: Diag,
  diagnostics: Diag,
  'document-highlight': Highlights,
  documentHighlight: Highlights,
  doctor: Doctor,
  fix: Fix,
  highlight: Highlights,
  highlights: Highlights,
  hover: Hover,
  impl: Impl,
  implementation: Impl,
  init: Init,
  locate: Locate,
  rank: Rank,
  recover: Recover,
  'prepare-rename': PrepareRename,
  prepareRename: PrepareRename,
  references: Refs,
  refs: Refs,
  rename: Rename,
  reward: Reward,
  'schema:export': SchemaExport,
  'schema:validate': SchemaValidate,
  'schema:validate-batch': SchemaValidateBatch,
  score: Score,
  servers: Servers,
  signature: Signature,
  'signature-help': Signature,
  signatureHelp: Signature,
  symbols: Symbols,
  trajectory: Trajectory,
  'trace:list': TraceList,
  'trace:redact': TraceRedact,
  'trace:replay': TraceReplay,
  'trace:show': TraceShow,
  'type-definition': Typedef,
  'type-hierarchy': Types,
  typedef: Typedef,
  typeDefinition: Typedef,
  typeHierarchy: Types,
  types: Types,
  undo: Undo,
};
