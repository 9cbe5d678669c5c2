import type { Check } from '../../bundles/schema/servers.js';

/** Makes a check of what it looked at. Texts hold no absolute path and no time: they are part of what is hashed. */
export function checkOf(check: string, status: Check['status'], says: string, more: { readonly server?: string; readonly mend?: string } = {}): Check {
  return { check, server: more.server ?? null, status, says, mend: more.mend ?? null };
}
