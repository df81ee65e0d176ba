/*
 * How /etc/ld.so.preload shall name the shim, and whether that file may be named there at all.
 */
#ifndef OSRANDOM_ENTRY_H
#define OSRANDOM_ENTRY_H

/* "/usr/$LIB/libosrandom_preload.so" if that leads the loader to the shim, for it fits the programs
 * of each architecture; else the path. Never a bare name, which is not honoured in secure
 * execution. Memory for free(). */
char *entry_for(const char *shim);

/* NULL, or why nobody should load that file: a sentence for free(). Of a group that can write to
 * it, as Debian's staff can in /usr/local, a line tells. */
char *why_unsafe(const char *shim);

#endif
