import { config } from 'zod';

// zod compiles its checks with `new Function` where it may; the page's policy forbids it and reports every try. Schemas look
// when they are made, so this module comes before any that makes one.
config({ jitless: true });
