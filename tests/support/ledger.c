/*
 * See ledger.h.
 */
#include "ledger.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct ledger *ledger_new(void)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));
    int descriptor;

    if (!ledger)
        abort();
    strcpy(ledger->path, "/tmp/osrandom-ledger-XXXXXX");
    descriptor = mkstemp(ledger->path);
    if (descriptor < 0 || ftruncate(descriptor, LEDGER_SIZE) != 0 || fchmod(descriptor, 0666) != 0)
        abort();
    ledger->file = mmap(NULL, LEDGER_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (ledger->file == MAP_FAILED)
        abort();
    snprintf(ledger->env, sizeof(ledger->env), "OSRANDOM_LEDGER=%s", ledger->path);
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    munmap(ledger->file, LEDGER_SIZE);
    unlink(ledger->path);
    free(ledger);
}

size_t ledger_bytes(const struct ledger *ledger)
{
    const size_t room = LEDGER_SIZE - sizeof(struct ledger_file);
    size_t used = (size_t)ledger->file->used;

    return used < room ? used : room;
}

bool ledger_holds(const struct ledger *ledger, const void *bytes, size_t length)
{
    return length > 0 && memmem(ledger->file->draws, ledger_bytes(ledger), bytes, length);
}

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

bool ledger_holds_hex(const struct ledger *ledger, const char *hex)
{
    unsigned char bytes[4096];
    size_t digits = 0;

    for (; *hex; hex++) {
        if (*hex == ':' || isspace((unsigned char)*hex))
            continue;
        if (!isxdigit((unsigned char)*hex) || digits / 2 == sizeof(bytes))
            return false;
        if (digits % 2 == 0)
            bytes[digits / 2] = 0;
        bytes[digits / 2] = (unsigned char)(bytes[digits / 2] << 4 | digit(*hex));
        digits++;
    }
    return digits % 2 == 0 && ledger_holds(ledger, bytes, digits / 2);
}
