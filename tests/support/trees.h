/*
 * The foreign software that is tested against, as tests/support/trees has unpacked it.
 */
#ifndef OSRANDOM_TESTS_TREES_H
#define OSRANDOM_TESTS_TREES_H

struct tree {
    const char *name;      /* "openssl-3.5" */
    const char *root;      /* where it lies */
    const char *loader;    /* its dynamic loader */
    const char *libraries; /* for --library-path */
    const char *openssl;   /* its openssl command, "" if it has none */
    const char *libcrypto;
    const char *libssl;
    const char *version; /* of OpenSSL: "3.5.9" */
    const char *glibc;   /* "2.41" */
};

/* NULL if it has not been fetched: the test is then to be skipped, with that as the reason. */
const struct tree *tree_named(const char *name);

/* A file of the build, as an absolute path: built("libosrandom_preload.so"). */
const char *built(const char *file);

/* The shim, and the shim that writes what it hands out to a ledger. */
const char *the_shim(void);
const char *the_ledger_shim(void);

#endif
