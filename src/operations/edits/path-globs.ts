import picomatch from 'picomatch';
import { Failure } from '../../base/failure.js';

/**
 * Returns a test for workspace paths. A glob without a slash is matched with file names anywhere, one with a slash with whole paths; one
 * that names a folder stands for all below it. Throws E/BAD_ARGUMENT for one that is empty, absolute or negated.
 */
export function pathGlobs(globs: readonly string[]): (path: string) => boolean {
  const matchers = globs.map((glob) => {
    const plain = glob.replace(/^\.\//, '').replace(/\/+$/, '');
    if (plain === '' || plain.startsWith('/') || plain.startsWith('!')) {
      throw new Failure('E/BAD_ARGUMENT', `${JSON.stringify(glob)} is no glob for paths of the workspace`, { hint: 'Globs are relative to the workspace, as in --allow \'src/**\' --deny \'*.lock\'. To leave files out, use --deny. Nothing was written.' });
    }
    // On systems where names differ in case only by look, a rule must hold for every spelling.
    const options = { dot: true, basename: !plain.includes('/'), nocase: process.platform !== 'linux' };
    const patterns = plain.includes('/') ? [plain, `${plain}/**`] : [plain, `${plain}/**`, `**/${plain}/**`];
    return patterns.map((pattern) => picomatch(pattern, { ...options, basename: options.basename && pattern === plain }));
  });
  return (path) => matchers.some((alternatives) => alternatives.some((matches) => matches(path)));
}
