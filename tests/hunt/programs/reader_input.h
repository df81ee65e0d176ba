/*
 * What a process looks like to tools/osrandom/process/status_block.c, in one file: a list of
 * mappings as in /proc/PID/maps, and pieces of memory. All lengths are cut to what is there, so
 * that any bytes are such a file.
 */
#ifndef OSRANDOM_TESTS_READER_INPUT_H
#define OSRANDOM_TESTS_READER_INPUT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process/process.h"

struct reader_input {
    uint32_t list_length;
    /* the list, then pieces up to the end */
};

struct reader_piece {
    uint64_t address;
    uint32_t length;
    uint32_t reserved;
    /* its bytes */
};

static inline void need(bool condition)
{
    if (!condition)
        abort();
}

static inline void take(void *into, size_t length, const uint8_t **data, size_t *left)
{
    memcpy(into, *data, length);
    *data += length;
    *left -= length;
}

/* The offsets of the file are the addresses of the process; what no piece fills reads as 0. */
static inline int memory_of(const uint8_t *data, size_t left)
{
    int memory = memfd_create("memory", MFD_CLOEXEC);
    struct reader_piece piece;

    need(memory >= 0);
    while (left >= sizeof(piece)) {
        take(&piece, sizeof(piece), &data, &left);
        if (piece.length > left)
            piece.length = (uint32_t)left;
        if (piece.address < INT64_MAX - UINT32_MAX)
            need(pwrite(memory, data, piece.length, (off_t)piece.address) >= -1);
        data += piece.length;
        left -= piece.length;
    }
    return memory;
}

/* False if the input is none. */
static inline bool reader_process(struct process *process, const uint8_t *data, size_t size)
{
    struct reader_input input;
    char *list;

    if (size < sizeof(input))
        return false;
    take(&input, sizeof(input), &data, &size);
    if (input.list_length > size)
        input.list_length = (uint32_t)size;
    list = calloc(1, input.list_length + 1);
    take(list, input.list_length, &data, &size);
    return process_from(process, list, memory_of(data, size)) == 0;
}

#endif
