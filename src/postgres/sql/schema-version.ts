/**
 * Generated from sql/ by `npm run generate`; not to be edited.
 * @module
 */

/** The schema that the statements are written for. */
export const schemaVersion = 7;
