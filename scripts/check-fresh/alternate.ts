import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Engine } from '../../src/operations/engine.js';
import type { Language } from './languages.js';

/** Makes a file wrong and right again `count` times, asks for the diagnostics of the file that uses it after each, and returns how many were right. */
export async function alternate(root: string, language: Language, count: number, env: NodeJS.ProcessEnv): Promise<number> {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(language.settings(0))) write(path, text);
  write(language.usePath(0), language.useText(0, { type: 0, lead: 0 }));
  const engine = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
  let right = 0;
  try {
    for (let edit = 0; edit < count; edit += 1) {
      const isWrong = edit % 2 === 0;
      write(language.modulePath(0), language.moduleText(0, { type: isWrong ? 1 : 0, lead: 0 }));
      const { facts } = await engine.run({ cmd: 'diag', args: { paths: [language.usePath(0)] } });
      if (facts.diagnostics?.length === (isWrong ? 1 : 0)) right += 1;
    }
  } finally {
    await engine.close();
  }
  return right;
}
