/** This program, as bundles name it. A test keeps the version equal to package.json's. */
export const TOOL = { name: 'assay', version: '0.1.0' } as const;
