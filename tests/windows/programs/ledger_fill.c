/*
 * Stands between the module for Windows and its source in the ledger build, as
 * tests/ledger/ledger_fill.c does elsewhere: it writes every draw to the file that OSRANDOM_LEDGER
 * names. For programs with one thread.
 */
#include <stdio.h>
#include <stdlib.h>

#include "random.h"

int ledger_fill(void *buffer, size_t length);

static void note(FILE *ledger, const void *bytes, size_t length)
{
    uint64_t used = 0;

    if (fread(&used, sizeof(used), 1, ledger) != 1 ||
        fseek(ledger, (long)(sizeof(used) + used), SEEK_SET) != 0 ||
        fwrite(bytes, 1, length, ledger) != length)
        return;
    used += length;
    rewind(ledger);
    fwrite(&used, sizeof(used), 1, ledger);
}

int ledger_fill(void *buffer, size_t length)
{
    const char *path = getenv("OSRANDOM_LEDGER");
    int error = random_fill(buffer, length);
    FILE *ledger = error || !path ? NULL : fopen(path, "r+b");

    if (ledger) {
        note(ledger, buffer, length);
        fclose(ledger);
    }
    return error;
}
