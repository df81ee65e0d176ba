/*
 * How a fuzzer damages what a process looks like (reader_input.h). To be included by the fuzzer.
 */
#ifndef OSRANDOM_TESTS_READER_DAMAGE_H
#define OSRANDOM_TESTS_READER_DAMAGE_H

#include "reader_input.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed);

enum { FIRST_PIECES = 4, HEADERS = 2048 };

/* Where the bytes of a piece begin; 0: there is no such. Its length is cut to what is there. */
static inline size_t piece_at(const uint8_t *data, size_t size, unsigned int number,
                              struct reader_piece *piece)
{
    struct reader_input input;
    size_t at = sizeof(input);

    if (size < at)
        return 0;
    memcpy(&input, data, at);
    for (at += input.list_length; at < size && size - at > sizeof(*piece); at += piece->length) {
        memcpy(piece, data + at, sizeof(*piece));
        at += sizeof(*piece);
        piece->length = piece->length < size - at ? piece->length : (uint32_t)(size - at);
        if (number-- == 0)
            return at;
    }
    return 0;
}

/* At the edge of something: of a piece, mostly. */
static inline uint64_t odd_value(const struct reader_piece *edge, unsigned int number)
{
    const uint64_t end = edge->address + edge->length;
    const uint64_t odd[] = {0,
                            1,
                            INT64_MAX,
                            UINT64_MAX,
                            number % 64,
                            edge->length - number % 16,
                            end - number % 16,
                            end,
                            edge->address + number % 4096};

    return odd[number / 4096 % (sizeof(odd) / sizeof(odd[0]))];
}

/* A number of one of the first pieces, where headers, tables and the block are. */
static inline bool damage_number(uint8_t *data, size_t size, unsigned int seed)
{
    unsigned int number = seed * 2654435761u;
    struct reader_piece piece, edge;
    size_t width = number >> 8 & 1 ? 4 : 8, room, at;
    uint64_t value;

    if (!piece_at(data, size, number / 16 % FIRST_PIECES, &edge))
        return false;
    at = piece_at(data, size, number % FIRST_PIECES, &piece);
    room = number % FIRST_PIECES == 0 && piece.length > HEADERS ? HEADERS : piece.length;
    if (at == 0 || room < width)
        return false;
    value = odd_value(&edge, seed ^ number >> 7);
    memcpy(data + at + (number >> 10) % (room / width) * width, &value, width);
    return true;
}

/* libFuzzer's own damage would mostly hit code, of which there is the most. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    return seed % 4 && damage_number(data, size, seed) ? size : LLVMFuzzerMutate(data, size, room);
}

#endif
