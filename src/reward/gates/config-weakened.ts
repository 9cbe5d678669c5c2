import type { Location } from '../../base/location.js';
import { TextDocument } from '../../base/text-document.js';
import type { FilePair, FileSide } from '../step-facts.js';
import { counted, firing, placeOf, type Gate } from './gate.js';

/** Files that hold nothing but the settings of a checker, a linter, a test runner or a list of ignored paths. */
const SETTINGS_FILE =
  /^(?:(?:based)?pyrightconfig\.json|[tj]sconfig(?:\.[\w-]+)*\.json|mypy\.ini|\.mypy\.ini|\.?ruff\.toml|\.?pylintrc(?:\.toml)?|\.flake8|\.?pytest\.(?:ini|toml)|\.coveragerc|tox\.ini|\.eslintrc(?:\.\w+)?|eslint\.config\.\w+|\.eslintignore|biome\.jsonc?|\.oxlintrc\.json|deno\.jsonc?|tslint\.json|(?:jest|vitest|vite)\.config\.\w+|vitest\.workspace\.\w+|\.mocharc(?:\.\w+)?|\.golangci\.(?:ya?ml|toml|json)|\.?clippy\.toml|\.clang-tidy|checkstyle\.xml|\.gitignore|\.ignore|\.dockerignore|\.pre-commit-config\.yaml)$/u;
/** Files that hold other things too, with the sections that count. */
const SECTION_OF: ReadonlyMap<string, RegExp> = new Map([
  ['pyproject.toml', /^\s*\[+\s*tool\s*\.\s*"?(?:pyright|basedpyright|mypy|ruff|pylint|flake8|pytest|coverage|ty|pyrefly|pyre|tox)\b/u],
  ['setup.cfg', /^\s*\[\s*(?:mypy|flake8|pylint|tool:pytest|pytest|coverage|pycodestyle|isort)\b/u],
  ['Cargo.toml', /^\s*\[+\s*(?:workspace\s*\.\s*)?lints\b/u],
]);
const PACKAGE_KEYS = ['eslintConfig', 'eslintIgnore', 'jest', 'vitest', 'mocha', 'ava', 'pyright', 'tslint', 'biome'];
const PACKAGE_SCRIPTS = /test|lint|check|types?\b|tsc|ci\b/u;
const WORKFLOW = /^\.github\/workflows\/|^\.gitlab-ci\.yml$|^azure-pipelines\.yml$|^\.circleci\/|^\.travis\.yml$/u;

/**
 * Fires when a step changes what decides which code is checked and how strictly: it is reported, and has no part in the
 * reward, since both sides are measured with the settings of the base. A directive that made a file stricter and is gone
 * counts as well.
 */
export const configWeakened: Gate = ({ facts, suppressions }) => {
  const files = facts.pairs.filter((pair) => pair.touched && changesSettings(pair)).map((pair) => pair.after ?? pair.before);
  const strictness = suppressions.removed.filter((item) => item.isStrict);
  const places: Location[] = [...files.flatMap((side) => (side === null ? [] : [placeOf(side)])), ...strictness.map(({ uri, range }) => ({ uri, range }))];
  if (places.length === 0) return null;
  places.sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : a.range[0] - b.range[0]));
  return firing('config-weakened', false, `The step changes the settings of checkers or tests in ${counted(new Set(places.map((place) => place.uri)).size, 'file')}; the reward was measured with those of the base.`, places);
};

/** True when the pair changes settings, wherever the file lies in the workspace. */
function changesSettings({ before, after }: FilePair): boolean {
  return [before, after].some((side) => side !== null && settingsOf(side.path, side.text) !== '') && settingsText(before) !== settingsText(after);
}

function settingsText(side: FileSide | null): string {
  return side === null ? '' : settingsOf(side.path, side.text);
}

/** The part of a file that settings live in; '' where there is none. */
function settingsOf(path: string, text: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (SETTINGS_FILE.test(name) || WORKFLOW.test(path)) return text;
  const section = SECTION_OF.get(name);
  if (section !== undefined) return sectionsOf(text, section);
  return name === 'package.json' ? packageSettings(text) : '';
}

function sectionsOf(text: string, wanted: RegExp): string {
  const document = new TextDocument(text);
  const kept: string[] = [];
  let isWanted = false;
  let nesting = 0;
  for (let line = 0; line < document.lineCount; line += 1) {
    const written = document.lineText(line);
    // Inside a list that goes over several lines, a bracket opens no section.
    if (nesting <= 0 && /^\s*\[/u.test(written)) isWanted = wanted.test(written);
    else nesting += nestingOf(written);
    if (isWanted && written.trim() !== '') kept.push(written.trim());
  }
  return kept.join('\n');
}

function nestingOf(line: string): number {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|#.*/gu, '');
  return bare.split('[').length - bare.split(']').length;
}

function packageSettings(text: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // A package.json that does not parse has no settings that anyone reads; its text stands for them.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null) return '';
  const fields = new Map(Object.entries(parsed));
  const scripts: unknown = fields.get('scripts');
  const relevant = Object.entries(typeof scripts === 'object' && scripts !== null ? scripts : {}).filter(([name]) => PACKAGE_SCRIPTS.test(name));
  const chosen = PACKAGE_KEYS.flatMap((key) => (fields.has(key) ? [[key, fields.get(key)]] : []));
  return chosen.length + relevant.length === 0 ? '' : JSON.stringify([chosen, relevant]);
}
