/*
 * How a fuzzer damages what a process looks like (reader_input.h). To be included by the fuzzer.
 */
#ifndef OSRANDOM_TESTS_READER_DAMAGE_H
#define OSRANDOM_TESTS_READER_DAMAGE_H

#include "reader_input.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed);

/* At the edge of something: of a piece, mostly. */
static inline uint64_t odd_value(const struct reader_piece *piece, unsigned int number)
{
    const uint64_t odd[] = {0,
                            1,
                            INT64_MAX,
                            UINT64_MAX,
                            number % 64,
                            piece->length - number % 16,
                            piece->address + number % 4096,
                            piece->address + piece->length - number % 16};

    return odd[number / 4096 % (sizeof(odd) / sizeof(odd[0]))];
}

/* A number of one of the first pieces, where headers, tables and the block are. */
static inline bool damage_number(uint8_t *data, size_t size, unsigned int seed)
{
    enum { FIRST = 4, HEADERS = 2048 };
    unsigned int number = seed * 2654435761u, pick = number % FIRST;
    struct reader_input input;
    struct reader_piece piece;
    size_t at = sizeof(input), width = number >> 8 & 1 ? 4 : 8, room;
    uint64_t value;

    if (size < at)
        return false;
    memcpy(&input, data, at);
    for (at += input.list_length; at < size && size - at > sizeof(piece); at += piece.length) {
        memcpy(&piece, data + at, sizeof(piece));
        at += sizeof(piece);
        room = piece.length < size - at ? piece.length : size - at;
        room = pick == 0 && room > HEADERS && number >> 9 & 1 ? HEADERS : room;
        if (pick-- > 0 || room < 2 * width)
            continue;
        value = odd_value(&piece, seed ^ number >> 5);
        memcpy(data + at + (number >> 10) % (room / width) * width, &value, width);
        return true;
    }
    return false;
}

/* libFuzzer's own damage would mostly hit code, of which there is the most. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    return seed % 4 && damage_number(data, size, seed) ? size : LLVMFuzzerMutate(data, size, room);
}

#endif
