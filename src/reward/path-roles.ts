const TEST_PATH =
  /(?:^|\/)(?:tests?|testing|__tests__|spec|specs|e2e)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|tests?)\.pyi?$|\.(?:test|spec|test-d|e2e)\.[cm]?[jt]sx?$|_test\.go$|(?:^|\/)(?:[^/]*Tests?|Test[^/]*|[^/]*IT)\.(?:java|kt)$/u;

/** Returns true for a file that holds tests or what tests need, by the customs of pytest, unittest, jest, vitest, go and JUnit. */
export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path);
}

/** Returns true for a file that a test runner compares results with. */
export function isSnapshotPath(path: string): boolean {
  return /\.snap$|(?:^|\/)__snapshots__\/|\.(?:golden|approved)(?:\.\w+)?$|(?:^|\/)(?:goldens?|snapshots)\//u.test(path);
}

/** Returns true for the configuration of a build tool or test runner that is itself a program. */
export function isToolConfigPath(path: string): boolean {
  return /(?:^|\/)(?:[\w.-]+\.config|\.[\w-]+rc|setup|noxfile|conftest|tasks|gulpfile|Gruntfile)\.(?:[cm]?[jt]s|py)$/u.test(path);
}

/** Returns true for a renaming that takes a file's types from the checker: TypeScript to JavaScript, Python to anything else. */
export function losesTypes(before: string, after: string): boolean {
  if (/\.[cm]?tsx?$/u.test(before)) return !/\.[cm]?tsx?$/u.test(after);
  return /\.pyi?$/u.test(before) && !/\.pyi?$/u.test(after);
}
