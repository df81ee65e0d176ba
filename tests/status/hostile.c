/*
 * Blocks that lie. A process may write anything into its own memory; here the test does it, through
 * /proc/PID/mem.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "target.h"

static struct block lie;

/* The block's address, from what the reader's own parts find. */
static uint64_t block_of(const struct target *target)
{
    struct block status = status_of(target);
    char sought[64], line[512];
    struct osrandom_status block;
    uint64_t start, end, found = 0;
    FILE *maps;
    int memory;

    snprintf(sought, sizeof(sought), "/proc/%d/mem", target->pid);
    memory = open(sought, O_RDONLY | O_CLOEXEC);
    snprintf(sought, sizeof(sought), "/proc/%d/maps", target->pid);
    maps = fopen(sought, "re");
    cr_assert(maps && memory >= 0);
    while (fgets(line, sizeof(line), maps) && !found) {
        if (!strstr(line, status.shim.path) ||
            sscanf(line, "%" SCNx64 "-%" SCNx64 " rw", &start, &end) != 2 || !strstr(line, " rw"))
            continue;
        for (uint64_t at = start; at + sizeof(block) <= end && !found; at += 8)
            if (pread(memory, &block, sizeof(block), (off_t)at) == sizeof(block) &&
                memcmp(block.magic, OSRANDOM_STATUS_MAGIC, 8) == 0 && block.size == sizeof(block))
                found = at;
    }
    fclose(maps);
    close(memory);
    cr_assert(found, "no block in the shim's data");
    return found;
}

static void poke(const struct target *target, uint64_t address, const void *bytes, size_t length)
{
    char path[32];
    int memory;

    snprintf(path, sizeof(path), "/proc/%d/mem", target->pid);
    memory = open(path, O_RDWR | O_CLOEXEC);
    cr_assert(memory >= 0);
    cr_assert(pwrite(memory, bytes, length, (off_t)address) == (ssize_t)length);
    close(memory);
}

#define EXPECT_RESULT(target, block, member, value, expected)                                      \
    do {                                                                                           \
        struct osrandom_status sound, forged;                                                      \
                                                                                                   \
        peek(target, block, &sound);                                                               \
        forged = sound;                                                                            \
        forged.member = (value);                                                                   \
        poke(target, block, &forged, sizeof(forged));                                              \
        cr_expect(block_of_pid((target)->pid, &lie) == (expected), "%s set to %s is taken for %d", \
                  #member, #value, block_of_pid((target)->pid, &lie));                             \
        poke(target, block, &sound, sizeof(sound));                                                \
    } while (0)

static void peek(const struct target *target, uint64_t address, struct osrandom_status *block)
{
    char path[32];
    int memory;

    snprintf(path, sizeof(path), "/proc/%d/mem", target->pid);
    memory = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(memory >= 0 &&
              pread(memory, block, sizeof(*block), (off_t)address) == sizeof(*block));
    close(memory);
}

Test(hostile, values_that_no_shim_writes_are_not_believed)
{
    static struct way way = {"openssl-3.0", false};
    struct target target = target_start(&way, the_shim(), NULL);
    uint64_t block = block_of(&target);

    EXPECT_RESULT(&target, block, magic[0], 'O', BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, layout, OSRANDOM_STATUS_LAYOUT + 1, BLOCK_OTHER_LAYOUT);
    EXPECT_RESULT(&target, block, layout, 0xffffffff, BLOCK_OTHER_LAYOUT);
    EXPECT_RESULT(&target, block, size, sizeof(struct osrandom_status) - 1, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, size, 0, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, size, offsetof(struct osrandom_status, method), BLOCK_READ);
    EXPECT_RESULT(&target, block, size, offsetof(struct osrandom_status, rule), BLOCK_READ);
    EXPECT_RESULT(&target, block, size, offsetof(struct osrandom_status, ruled), BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, size, 0xffffffff, BLOCK_READ); /* fields that came later */
    EXPECT_RESULT(&target, block, mode, MODE_RESEED + 1, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, mode, 0xffffffff, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, source, RANDOM_URANDOM + 1, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, source, 0x80000000, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, libcrypto[0].pin, PIN_GUARDED + 1, BLOCK_DISTRUSTED);
    EXPECT_RESULT(&target, block, libcrypto[0].pin, 0xffffffff, BLOCK_DISTRUSTED);
    cr_expect(block_of_pid(target.pid, &lie) == BLOCK_READ);
    target_end(&target);
}

Test(hostile, addresses_may_point_anywhere)
{
    static const uint64_t wild[] = {1,
                                    4096,
                                    0x7fffffffe000,
                                    UINT64_MAX,
                                    UINT64_C(1) << 63,
                                    0x8000000000000000 - 64,
                                    UINT64_MAX - 4096,
                                    0xffffffff81000000};
    static struct way way = {"openssl-3.0", false};
    struct target target = target_start(&way, the_shim(), NULL);
    uint64_t block = block_of(&target);
    struct osrandom_status sound, forged;

    peek(&target, block, &sound);
    for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        forged = sound;
        forged.counters = wild[i];
        forged.libcrypto[0].base = wild[i];
        poke(&target, block, &forged, sizeof(forged));
        cr_expect(block_of_pid(target.pid, &lie) == BLOCK_READ);
        cr_expect(lie.counters == BLOCK_UNREADABLE && lie.draws == 0,
                  "counters at %lx are not told as unreadable", wild[i]);
        cr_expect(lie.openssl_count == 1 && lie.openssl[0].object.path[0] == '\0' &&
                      lie.openssl[0].object.base == wild[i],
                  "an OpenSSL at %lx is called %s", wild[i], lie.openssl[0].object.path);
    }
    target_end(&target);
}

Test(hostile, a_library_that_passes_for_the_shim_is_not_believed)
{
    struct target target = target_plain(built("status/forged.so"));

    cr_expect(block_of_pid(target.pid, &lie) == BLOCK_DISTRUSTED);
    target_end(&target);
}

static void expect_shim_found(const char *one, const char *other)
{
    char preload[1024];
    struct target target;

    snprintf(preload, sizeof(preload), "%s:%s", one, other);
    target = target_plain(preload);
    cr_expect(block_of_pid(target.pid, &lie) == BLOCK_READ && lie.shims == 1,
              "LD_PRELOAD=%s: the shim is hidden by a forged one", preload);
    cr_expect_str_eq(lie.shim.path, the_shim());
    target_end(&target);
}

Test(hostile, a_second_shim_that_lies_does_not_hide_the_first)
{
    expect_shim_found(built("status/forged.so"), the_shim());
    expect_shim_found(the_shim(), built("status/forged.so"));
}

static void expect_survival(struct target *target, const char *seed)
{
    char pid[16];
    struct outcome fuzz;

    snprintf(pid, sizeof(pid), "%d", target->pid);
    fuzz = run_words(NULL, NULL, NULL, built("status/fuzz"), pid, seed, "1500", NULL);
    cr_expect(fuzz.exit_code == 0, "a reader that looks at a hostile process dies: exit %d, %s",
              fuzz.exit_code, fuzz.err);
    outcome_free(&fuzz);
}

Test(hostile, damage_of_any_kind_ends_in_an_answer)
{
    static struct way way = {"openssl-3.0", false};
    struct target target = target_start(&way, the_shim(), NULL);

    target_ask(&target, "bytes 3 32");
    expect_survival(&target, "1");
    expect_survival(&target, "2");
    target_end(&target);
}
