/** Workspaces over which a TypeScript server and its own command line must agree. Every path with code is asked about. */
export const STRICT = {
  'tsconfig.json': '{\n  // a comment\n  "compilerOptions": {"strict": true, "noEmit": true, "target": "es2022", "module": "nodenext", "types": [], "noUnusedLocals": true, "noUnusedParameters": true, "noImplicitReturns": true, "noFallthroughCasesInSwitch": true, "allowUnreachableCode": false},\n  "include": ["src"],\n}\n',
  'src/lib.ts': 'export function convert(count: number): string {\n  return String(count);\n}\nexport interface Shape { area(): number }\n',
  'src/use.ts': 'import { convert, type Shape } from "./lib.js";\nconst unused = 1;\nexport const n: number = convert(1);\nexport function f(parameter: string, other: number): number {\n  if (other > 1) return 1;\n}\nexport class Square implements Shape {}\nconvert("x");\nwhile (true) { break; }\nexport function g(): number { return 1; console.log(2); }\n',
  'src/missing.ts': 'import { nothing } from "./lib.js";\nimport gone from "./gone.js";\nexport default [nothing, gone];\n',
  'outside.ts': 'export const wrong: number = "x";\n',
} as const;

export const JAVASCRIPT = {
  'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true, "allowJs": true, "target": "es2022", "module": "nodenext", "types": []}}',
  'checked.js': '// @ts-check\n/** @type {number} */\nexport const a = "x";\n',
  'unchecked.js': '/** @type {number} */\nexport const b = "x";\nb.nothing();\n',
  'broken.js': 'export const c = 1;\nc();\nc = 2;\nundefinedName();\n',
  'use.ts': 'import { b } from "./unchecked.js";\nexport const f: number = b;\n',
} as const;

export const CHECKED_JAVASCRIPT = {
  ...JAVASCRIPT,
  'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true, "allowJs": true, "checkJs": true, "target": "es2022", "module": "nodenext", "types": []}}',
} as const;

export const WIDE = {
  'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true, "target": "es2022", "module": "nodenext", "types": []}}',
  'wide.ts': 'export const a = "😀e\u0301ü"; export const b: number = "x";\nexport const c: number = "😀";\n',
  'marked.ts': '\uFEFFexport const d: number = "ü"; export const e: number = "y";\nexport const f: number = "z";\n',
  'crlf.ts': 'export const g: number = "x";\r\nexport const h = "😀"; export const i: number = "y";\r\n',
  'cr.ts': 'export const j: number = "x";\rexport const k: number = "y";\r',
  'view.tsx': 'export const n: number = "ü😀" as string;\n',
} as const;

/** A solution: the root names no file of its own. `b` reads `a`, whose settings differ. */
export const SOLUTION = {
  'tsconfig.json': '{"files": [], "references": [{"path": "./b"}, {"path": "./a"}]}',
  'a/tsconfig.json': '{"compilerOptions": {"composite": true, "strict": true, "target": "es2022", "module": "nodenext", "types": [], "outDir": "../out/a"}, "include": ["*.ts"]}',
  'b/tsconfig.json': '{"compilerOptions": {"composite": true, "strict": false, "noUnusedLocals": true, "target": "es2022", "module": "nodenext", "types": [], "outDir": "../out/b"}, "references": [{"path": "../a"}], "include": ["*.ts"]}',
  'a/x.ts': 'export function f(n: number): string { const unusedInA = n; const strictInA: string = null; return "" + strictInA; }\n',
  'b/y.ts': 'import { f } from "../a/x.js";\nexport const looseInB: string = null;\nexport const s: number = f(1);\nconst unusedInB = 1;\n',
} as const;

export const codeIn = (files: Readonly<Record<string, string>>): string[] => Object.keys(files).filter((path) => /\.[cm]?[jt]sx?$/.test(path));
