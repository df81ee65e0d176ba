/*
 * An object that does nothing when it is preloaded: what a loader's work on it costs is what it
 * costs to have any. It has something to relocate, for that is part of the work.
 */
const void *const volatile empty = (const void *)&empty;
