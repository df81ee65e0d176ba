/*
 * What a process looks like to tools/osrandom/process/status_block.c, in one file: a list of
 * mappings as in /proc/PID/maps, and pieces of memory. All lengths are cut to what is there, so
 * that any bytes are such a file.
 */
#ifndef OSRANDOM_TESTS_READER_INPUT_H
#define OSRANDOM_TESTS_READER_INPUT_H

#include <stdint.h>

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

#endif
