/*
 * A program's own getenv(), as bash has one. Included where it is defined.
 */
#ifndef OSRANDOM_TESTS_OWN_GETENV_H
#define OSRANDOM_TESTS_OWN_GETENV_H

#include <string.h>
#include <unistd.h>

char *getenv(const char *name)
{
    size_t length = strlen(name);

    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
            return *entry + length + 1;
    return NULL;
}

#endif
