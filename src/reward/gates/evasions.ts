import { counted, firing, type Gate } from './gate.js';

/** Fires when a step adds a directive that makes a checker look away. It was blanked before measuring and costs 1.25 of W. */
export const suppressionAdded: Gate = ({ suppressions }) => {
  const added = suppressions.added.filter((item) => !item.isStrict);
  if (added.length === 0) return null;
  const kinds = [...new Set(added.map((item) => item.kind))].sort().join(', ');
  return firing('suppression-added', false, `The step adds ${counted(added.length, 'suppression')} (${kinds}): measured as if ${added.length === 1 ? 'it were' : 'they were'} not there.`, added);
};

/** Fires when a step adds places where code leaves the type system. Each costs 1.25 of W. */
export const escapeHatchAdded: Gate = ({ escapeHatches }) => {
  if (escapeHatches.length === 0) return null;
  const kinds = [...new Set(escapeHatches.map((hatch) => hatch.kind))].sort().join(', ');
  return firing('escape-hatch-added', false, `The step adds ${counted(escapeHatches.length, 'escape hatch').replace(/hatchs$/u, 'hatches')} (${kinds}).`, escapeHatches);
};
