/*
 * What matters of an ELF file, read with libelf.
 */
#ifndef OSRANDOM_OBJECT_H
#define OSRANDOM_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { OBJECT_LONGEST_BUILD_ID = 64 };

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
    bool has_generator; /* OpenSSL's own lies inside */
    bool defines_getenv;
    bool imports_dlopen;
    bool names_libcrypto; /* in its text */
    bool is_go;
    bool is_boringssl; /* or what comes from it */
    bool is_aws_lc;
    unsigned char build_id[OBJECT_LONGEST_BUILD_ID];
    size_t build_id_size; /* in bytes; 0: none */
    char *version;        /* "OpenSSL 3.0.19 27 Jan 2026"; NULL if none is seen */
};

/* NULL and *error, a static text, if it is no ELF file or cannot be read. */
struct object *object_of(const char *path, const char **error);
void object_free(struct object *object);

/* Its generator stays its own: LibreSSL, BoringSSL, or built without RAND_set_rand_method(). */
bool object_takes_no_method(const struct object *object);

bool object_needs(const struct object *object, const char *start_of_name);

#endif
