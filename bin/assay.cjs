#!/usr/bin/env node
'use strict';
import('../dist/main.js').then((main) => main.run(process.argv.slice(2)));
