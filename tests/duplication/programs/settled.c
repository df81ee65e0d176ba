/*
 * settled SECONDS: ends when the kernel has reseeded itself for the first time after it has been up
 * so long. It does so once a minute then: a snapshot that is taken now has most of a minute in
 * which nothing but the test changes the kernel's generator.
 *
 * A reseed is seen by the vDSO: as long as there was none, its state put back to what it was draws
 * what it drew.
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "elf_image.h"

typedef ssize_t vdso_getrandom(void *buffer, size_t length, unsigned int flags, void *state,
                               size_t state_size);

struct parameters {
    uint32_t state_size, mmap_protection, mmap_flags, reserved[13];
};

static vdso_getrandom *call;
static struct parameters parameters;
static unsigned char *state, before[4096], drawn[16];

static void fail(const char *what)
{
    fprintf(stderr, "settled: %s\n", what);
    exit(1);
}

static void find_call(void)
{
    struct elf_image image;

    if (!elf_image_read_at(&image, (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR)))
        fail("no vDSO");
    call = elf_image_symbol(&image, "__vdso_getrandom");
    if (!call || call(NULL, 0, 0, &parameters, ~(size_t)0) != 0)
        fail("no getrandom() in the vDSO");
    state = mmap(NULL, sizeof(before), (int)parameters.mmap_protection, (int)parameters.mmap_flags,
                 -1, 0);
    if (state == MAP_FAILED)
        fail("no memory");
}

static void draw(unsigned char bytes[sizeof(drawn)])
{
    if (call(bytes, sizeof(drawn), 0, state, parameters.state_size) != sizeof(drawn))
        fail("no draw");
}

static void remember(void)
{
    draw(drawn);
    memcpy(before, state, parameters.state_size);
    draw(drawn);
}

static int has_reseeded(void)
{
    unsigned char again[sizeof(drawn)];

    memcpy(state, before, parameters.state_size);
    draw(again);
    return memcmp(again, drawn, sizeof(drawn)) != 0;
}

int main(int argc, char **argv)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    struct timespec up;

    find_call();
    do {
        nanosleep(&pause, NULL);
        clock_gettime(CLOCK_BOOTTIME, &up);
    } while (up.tv_sec < (argc > 1 ? atol(argv[1]) : 0));
    remember();
    while (!has_reseeded())
        nanosleep(&pause, NULL);
    return 0;
}
