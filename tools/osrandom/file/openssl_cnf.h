/*
 * openssl.cnf, read as OpenSSL 3.0 to 4.0 does: config(5). Anyone may have written it.
 *
 * What is past our bounds, or is not certain to be taken by OpenSSL as it is here, is a doubt: then
 * nothing of the file holds. OpenSSL takes nothing of a file in which one line is wrong.
 */
#ifndef OSRANDOM_OPENSSL_CNF_H
#define OSRANDOM_OPENSSL_CNF_H

#include <stdbool.h>
#include <stddef.h>

struct cnf_entry {
    char *section, *name, *value; /* name and value NULL: it is only there */
};

struct cnf {
    struct cnf_entry
        *entries; /* in OpenSSL's order: one that is set again counts where it is last */
    size_t count;
    char **files; /* that were read */
    size_t file_count;
    const char *doubt; /* a clause, static; NULL: all holds */
    bool is_whole;     /* all its files were read to their ends, understood or not */
    bool says_osrandom;

    /* while it is read */
    char *section;
    size_t bytes;
    unsigned int depth;
};

/* Never NULL. A file that is not there is an empty one. */
struct cnf *cnf_read(const char *path);
void cnf_free(struct cnf *cnf);

bool cnf_has_section(const struct cnf *cnf, const char *section);

/* NULL if there is none. */
const char *cnf_value(const struct cnf *cnf, const char *section, const char *name);

/* The entry of a section that comes after this one, NULL: the first. NULL at the end. */
const struct cnf_entry *cnf_next(const struct cnf *cnf, const char *section,
                                 const struct cnf_entry *before);

#endif
