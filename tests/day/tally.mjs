// Counts what was as listed and what was not.

import { isDeepStrictEqual } from "node:util";

export class Tally {
  passed = 0;
  failed = 0;

  /// Whether something is exactly as listed. What is not is told at once, and the day goes on.
  is(what, actual, listed) {
    if (isDeepStrictEqual(actual, listed)) {
      this.passed += 1;
      return;
    }
    this.failed += 1;
    console.log(`  NOT AS LISTED: ${what}\n    listed: ${JSON.stringify(listed)}\n    was:    ${JSON.stringify(actual)}`);
  }

  /// Something that ended the day early.
  broke(error) {
    this.failed += 1;
    console.log(`  BROKEN OFF: ${error.stack}`);
  }
}
