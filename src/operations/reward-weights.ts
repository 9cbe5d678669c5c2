import { Failure, toFailure } from '../base/failure.js';
import type { PotentialWeights } from '../base/process-reward.js';
import { DEFAULT_OPTIONS, rewardOptions } from '../reward/reward-options.js';

/** Parses `phiD=0.6,phiS=0.2`; what is not named keeps its usual weight. Throws E/BAD_ARGUMENT. */
export function parseWeights(text: string): PotentialWeights {
  const weights: Record<string, number> = { ...DEFAULT_OPTIONS.weights };
  for (const part of text.split(',')) {
    const [name = '', value = '', ...rest] = part.split('=').map((piece) => piece.trim());
    if (!Object.hasOwn(weights, name) || rest.length > 0 || value === '' || !(Number(value) >= 0 && Number.isFinite(Number(value)))) {
      throw new Failure('E/BAD_ARGUMENT', `${JSON.stringify(part)} is no weight of a reward`, { hint: `A weight is one of ${Object.keys(weights).join(', ')}, an equals sign, and a number that is 0 or more.` });
    }
    weights[name] = Number(value);
  }
  return usable(weights as unknown as PotentialWeights);
}

function usable(weights: PotentialWeights): PotentialWeights {
  try {
    rewardOptions({ weights });
    return weights;
  } catch (error) {
    throw new Failure('E/BAD_ARGUMENT', toFailure(error).message, { hint: 'Give one of them a weight. Nothing was replayed.', cause: error });
  }
}
