import Batch from './commands/batch.js';
import Def from './commands/def.js';
import Diag from './commands/diag.js';
import Hover from './commands/hover.js';
import Locate from './commands/locate.js';
import Refs from './commands/refs.js';
import Reward from './commands/reward.js';
import Symbols from './commands/symbols.js';

/** Every command by every name that it answers to. */
export const COMMANDS = {
  batch: Batch,
  def: Def,
  definition: Def,
  diag: Diag,
  diagnostics: Diag,
  hover: Hover,
  locate: Locate,
  references: Refs,
  refs: Refs,
  reward: Reward,
  symbols: Symbols,
};
