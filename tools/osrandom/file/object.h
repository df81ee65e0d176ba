/*
 * What matters of an ELF file, read with libelf.
 */
#ifndef OSRANDOM_OBJECT_H
#define OSRANDOM_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bounds for files that anyone may have written: what is past them is an error, and nothing is told
 * of the file. */
#define OBJECT_LARGEST ((off_t)2 << 30) /* bytes of a file */
enum {
    OBJECT_LONGEST_BUILD_ID = 64,
    OBJECT_LARGEST_TABLE = 256 << 20, /* bytes of a section that is read */
    OBJECT_MOST_NEEDED = 1024,        /* names of libraries */
    OBJECT_MOST_NAMED = 128,
};

/* What the shim would do with the OpenSSL inside an object, as preload/hidden.c decides it. */
enum inside {
    INSIDE_NONE,
    INSIDE_EXPORTED, /* found by its symbols */
    INSIDE_SYMBOLS,  /* hidden, and pinned by the symbol table of its file */
    INSIDE_STRIPPED, /* hidden, and noticed when it starts; nothing leads to its functions */
    INSIDE_SILENT,   /* hidden, and not noticed: it does not ask for OPENSSL_ia32cap or the like */
};

struct object {
    char *path;
    dev_t device;
    ino_t inode;
    unsigned int class, machine, type; /* of the ELF header */
    bool has_sections;                 /* without them, what follows is not known */
    bool is_position_independent_program;

    char *loader; /* PT_INTERP; NULL: static, or a library */
    char *rpath, *runpath;
    char **needed;
    size_t needed_count;

    bool exports_openssl; /* what the shim looks for, as preload/find.c does */
    bool exports_set_method;
    bool has_generator;   /* OpenSSL's own lies inside */
    bool has_own_symbols; /* in .symtab, once each, what a pin needs */
    bool has_signal;      /* asks for OPENSSL_...cap */
    bool is_provider;     /* a module of OpenSSL's, such as FIPS */
    bool is_osrandom_module;
    bool defines_getenv;
    bool imports_loader; /* calls dlopen(), or what does that for it */
    bool imports_exec, imports_fork;
    bool imports_generators; /* calls OpenSSL for contexts, methods or generators of its own */
    bool names_libcrypto;    /* in its text */
    char **named;            /* libraries in its text; of those that import a loader */
    size_t named_count;
    bool is_go;
    bool is_boringssl; /* or what comes from it */
    bool is_aws_lc;
    unsigned char build_id[OBJECT_LONGEST_BUILD_ID];
    size_t build_id_size; /* in bytes; 0: none */
    char *version;        /* "OpenSSL 3.0.19 27 Jan 2026"; NULL if none is seen */
    char *openssldir;  /* where an OpenSSL that is exported looks for openssl.cnf; NULL as well */
    char *modulesdir;  /* and for providers */
    bool names_nodejs; /* in its text: a section of openssl.cnf that only Node.js reads */
};

/* NULL and *error, a static text, if it is no ELF file, cannot be read, or is past the bounds. */
struct object *object_of(const char *path, const char **error);
void object_free(struct object *object);

/* Its generator stays its own: LibreSSL, BoringSSL, or built without RAND_set_rand_method(). */
bool object_takes_no_method(const struct object *object);

/* Debug symbols below /usr/lib/debug count. */
enum inside object_inside(const struct object *object);

bool object_needs(const struct object *object, const char *start_of_name);

#endif
