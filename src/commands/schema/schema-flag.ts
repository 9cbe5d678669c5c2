import { Flags } from '@oclif/core';
import { SCHEMA_NAMES } from '../../operations/published-schemas.js';

/** What documents are to be. */
export const SCHEMA_FLAG = Flags.option({ options: SCHEMA_NAMES, description: 'what every document is to be (default: what it claims to be)', helpValue: 'NAME' })();
