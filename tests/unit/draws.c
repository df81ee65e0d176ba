/*
 * See draws.h.
 */
#include "draws.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "notices.h"

enum {
    CANARY = 64,
    CANARY_BYTE = 0x5c,
    FEW = 2048,  /* up to here every place must be seen to change */
    ROUNDS = 48, /* 256^-48: a written place that is zero each time */
    NO_RUN = 10, /* zero bytes in a row, which 64 MiB hold once in 2^54 */
};

static bool all_are(const unsigned char *bytes, size_t length, unsigned char value)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

static size_t longest_run_of_zeros(const unsigned char *bytes, size_t length)
{
    size_t run = 0, longest = 0;

    for (size_t i = 0; i < length; i++) {
        run = bytes[i] ? 0 : run + 1;
        if (run > longest)
            longest = run;
    }
    return longest;
}

static int draw_once(unsigned char *memory, size_t length)
{
    int error;

    memset(memory, CANARY_BYTE, CANARY);
    memset(memory + CANARY, 0, length);
    memset(memory + CANARY + length, CANARY_BYTE, CANARY);
    errno = ENOTTY;
    error = random_fill(memory + CANARY, length);
    cr_assert(errno == ENOTTY, "a draw changed the program's errno to %s", strerror(errno));
    cr_assert(all_are(memory, CANARY, CANARY_BYTE) &&
                  all_are(memory + CANARY + length, CANARY, CANARY_BYTE),
              "a draw of %zu bytes wrote outside its buffer", length);
    return error;
}

int draw_checked(size_t length)
{
    unsigned char *memory = malloc(length + 2 * CANARY);
    unsigned char seen[FEW] = {0};
    int error = 0;

    cr_assert(memory != NULL);
    for (int round = 0; error == 0 && round < (length > FEW ? 1 : ROUNDS); round++) {
        error = draw_once(memory, length);
        for (size_t i = 0; i < length && i < FEW; i++)
            seen[i] |= memory[CANARY + i];
    }
    if (error == 0 && length <= FEW)
        cr_assert(memchr(seen, 0, length) == NULL,
                  "a draw of %zu bytes left byte %td of a key as it was", length,
                  (unsigned char *)memchr(seen, 0, length) - seen);
    if (error == 0)
        cr_assert(longest_run_of_zeros(memory + CANARY, length) < NO_RUN,
                  "a draw of %zu bytes left some of them zero", length);
    free(memory);
    return error;
}

void draw_served(size_t length)
{
    int error = draw_checked(length);

    cr_assert(error == 0, "a draw of %zu bytes failed: %s", length, strerror(error));
}

void start_vdso(struct random_tally *tallies)
{
    cr_assert(random_start(RANDOM_AUTO, tallies, keep_notice) == 0);
    if (random_source() != RANDOM_VDSO)
        cr_skip_test("this kernel's vDSO has no getrandom (Linux 6.11)");
}

struct draw *draws_new(size_t count)
{
    void *memory = mmap(NULL, count * sizeof(struct draw), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert(memory != MAP_FAILED);
    return memory;
}

/* A place in a table of twice the size, as a hash of the draw says. */
size_t draws_worthless(const struct draw *draws, size_t count)
{
    static const struct draw zero;
    size_t places = 2;
    size_t worthless = 0;
    const struct draw **seen;

    while (places < 2 * count)
        places *= 2;
    seen = calloc(places, sizeof(*seen));
    cr_assert(seen != NULL);
    for (const struct draw *draw = draws; draw < draws + count; draw++) {
        size_t place = draw->halves[0] & (places - 1);

        while (seen[place] && memcmp(seen[place], draw, sizeof(*draw)) != 0)
            place = (place + 1) & (places - 1);
        worthless += seen[place] || memcmp(draw, &zero, sizeof(zero)) == 0;
        seen[place] = draw;
    }
    free(seen);
    return worthless;
}
