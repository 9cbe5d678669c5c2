// Prints the last line of a test run from vitest's JSON report: node scripts/count-tests.mjs REPORT. A run that ended before
// it could count, or whose files did not load, has failed at least once.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = read(file);
const skipped = report.numPendingTests + report.numTodoTests;
const failed = report.success ? 0 : Math.max(report.numFailedTests, 1);
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 ? 1 : 0;

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    process.stderr.write(`no test report: ${error.message}\n`);
    return { success: false, numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
  }
}
