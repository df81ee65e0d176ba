/*
 * fuzz PID SEED ROUNDS: takes what the reader sees of a process, damages it in memory, in the list
 * of mappings or in both, and has the reader look. Whatever the bytes are, it must give an answer,
 * and what it gives must be well formed. Built with sanitizers.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process/status_block.h"

enum { LONGEST = 1 << 16, MOST_DAMAGE = 12, LONGEST_LIST = 1 << 16 };

static struct {
    uint64_t start;
    size_t length;
    unsigned char bytes[LONGEST];
} pieces[8]; /* the mappings of the shim's file */
static size_t piece_count;
static char list[LONGEST_LIST];
static uint64_t state;
static unsigned int answers[BLOCK_FAILED + 1];

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* The shim's file, and its zeros behind the last piece of that. */
static bool is_shims(const struct mapping *mapping, uint64_t inode)
{
    uint64_t end = piece_count ? pieces[piece_count - 1].start + pieces[piece_count - 1].length : 0;

    return mapping->inode == inode || (!*mapping->path && mapping->start == end);
}

/* The whole list, and the memory of the shim. */
static void take_sample(pid_t pid)
{
    struct block status;
    struct process process;
    size_t length = 0;

    if (block_of_pid(pid, &status) != BLOCK_READ || process_open(&process, pid) != 0)
        exit(2);
    for (size_t i = 0; i < process.count; i++) {
        const struct mapping *mapping = &process.mappings[i];
        size_t size = mapping->end - mapping->start;

        length += (size_t)snprintf(
            list + length, sizeof(list) - length,
            "%" PRIx64 "-%" PRIx64 " %s %08" PRIx64 " 08:01 %" PRIu64 "   %s\n", mapping->start,
            mapping->end, mapping->permissions, mapping->offset, mapping->inode, mapping->path);
        if (length >= sizeof(list))
            exit(2);
        if (!is_shims(mapping, status.shim.inode))
            continue;
        if (size > LONGEST)
            size = LONGEST;
        if (piece_count == sizeof(pieces) / sizeof(pieces[0]) ||
            !process_read(&process, mapping->start, pieces[piece_count].bytes, size))
            exit(2);
        pieces[piece_count].start = mapping->start;
        pieces[piece_count++].length = size;
    }
    process_close(&process);
}

/* Values that tend to be at the edge of something. */
static uint64_t odd_value(void)
{
    static const uint64_t odd[] = {0,       1,         8,          0x7f,
                                   0xff,    0xffff,    0x7fffffff, 0xffffffff,
                                   1 << 20, INT64_MAX, UINT64_MAX, UINT64_MAX - 7};
    uint64_t pick = next() % 16;

    if (pick < sizeof(odd) / sizeof(odd[0]))
        return odd[pick];
    return pick == 12 ? next() : pieces[0].start + next() % (3 * LONGEST);
}

/* Where the block lies; it is the only place with magic, layout and size. */
static uint64_t block_address(void)
{
    static const struct osrandom_status block = {
        .magic = {'o', 's', 'r', 'a', 'n', 'd', 'o', 'm'},
        .layout = OSRANDOM_STATUS_LAYOUT,
        .size = sizeof(block),
    };

    for (size_t i = 0; i < piece_count; i++) {
        const unsigned char *found = memmem(pieces[i].bytes, pieces[i].length, &block,
                                            offsetof(struct osrandom_status, mode));

        if (found)
            return pieces[i].start + (uint64_t)(found - pieces[i].bytes);
    }
    exit(2);
}

/* Most of it where headers and symbols are, some in the block, the rest anywhere. */
static uint64_t odd_address(void)
{
    size_t piece = next() % piece_count;
    uint64_t address;

    switch (next() % 4) {
    case 0:
        address = pieces[0].start + next() % 1024;
        break;
    case 1:
        address = pieces[0].start + next() % pieces[0].length;
        break;
    case 2:
        address = block_address() + next() % sizeof(struct osrandom_status);
        break;
    default:
        address = pieces[piece].start + next() % pieces[piece].length;
        break;
    }
    return next() % 2 ? address : address & ~UINT64_C(7);
}

static void damage_memory(int memory)
{
    uint64_t value = odd_value();
    size_t size = (size_t)1 << next() % 4;

    if (pwrite(memory, &value, size, (off_t)odd_address()) != (ssize_t)size)
        exit(2);
}

static void damage_list(char *copy, size_t length)
{
    static const char bytes[] = "0123456789abcdef- :rwxp\n\\\t/()";

    copy[next() % length] = next() % 4 ? bytes[next() % (sizeof(bytes) - 1)] : (char)next();
}

static int new_memory(void)
{
    int memory = memfd_create("memory", MFD_CLOEXEC);

    for (size_t i = 0; i < piece_count; i++)
        if (memory < 0 || pwrite(memory, pieces[i].bytes, pieces[i].length,
                                 (off_t)pieces[i].start) != (ssize_t)pieces[i].length)
            exit(2);
    return memory;
}

static void need(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "the reader lets through %s\n", what);
        abort();
    }
}

static void look(char *copy, int memory)
{
    static struct block status;
    struct process process;
    enum block_result result;
    bool changed;

    if (process_from(&process, copy, memory) != 0)
        exit(2);
    memset(&status, 0xee, sizeof(status));
    result = block_of_process(&process, &status, &changed);
    process_close(&process);
    answers[result]++;
    if (result != BLOCK_READ)
        return;
    need(status.mode <= MODE_RESEED && status.source <= RANDOM_URANDOM, "a mode or a source");
    need(status.openssl_count <= OSRANDOM_STATUS_LIBCRYPTOS, "too many OpenSSLs");
    need(status.build_id_size <= sizeof(status.build_id), "a long build id");
    need(memchr(status.shim.path, '\0', sizeof(status.shim.path)) != NULL, "an endless path");
    for (size_t i = 0; i < status.openssl_count; i++)
        need(status.openssl[i].pin <= PIN_GUARDED, "a pin state");
}

int main(int argc, char **argv)
{
    long rounds = argc > 3 ? atol(argv[3]) : 0;

    if (argc < 4)
        return 2;
    state = strtoull(argv[2], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15);
    take_sample((pid_t)atol(argv[1]));
    for (long round = 0; round < rounds; round++) {
        int memory = new_memory();
        char *copy = strdup(list);

        for (uint64_t i = next() % MOST_DAMAGE; i > 0 && round > 0; i--)
            damage_memory(memory);
        for (uint64_t i = round % 4 ? 0 : next() % MOST_DAMAGE; i > 0 && round > 0; i--)
            damage_list(copy, strlen(copy));
        look(copy, memory);
        need(round > 0 || answers[BLOCK_READ] == 1, "nothing of the sound sample");
    }
    for (int i = 0; i <= BLOCK_FAILED; i++)
        printf("answer %d=%u\n", i, answers[i]);
    return 0;
}
