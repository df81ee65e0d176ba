/*
 * stream SOURCE MEBIBYTES: draws from one source of platform/ in draws of all sizes, and writes
 * what it gets. SOURCE may also be "broken", which draws once and repeats it. Exits 77 if the
 * source cannot serve here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { CANNOT = 77, ROOM = 1 << 16, BLOCK = 256 };

static enum random_source named(const char *name)
{
    enum random_source source = RANDOM_URANDOM;

    while (source > RANDOM_AUTO && strcmp(random_source_name(source), name) != 0)
        source--;
    return source;
}

/* Most draws are small, as OpenSSL's are. */
static size_t next_size(const unsigned char *last)
{
    static const size_t sizes[] = {1,   7,   12,  16,  32,   48,   64,    128,
                                   129, 256, 257, 512, 1024, 4096, 10000, ROOM};

    return sizes[last[0] % (sizeof(sizes) / sizeof(sizes[0]))];
}

static int stream(enum random_source source, size_t left)
{
    static unsigned char bytes[ROOM];

    while (left > 0) {
        size_t size = next_size(bytes);

        if (size > left)
            size = left;
        if (random_fill(bytes, size) != 0 || random_source() != source)
            return CANNOT;
        if (fwrite(bytes, 1, size, stdout) != size)
            return 1;
        left -= size;
    }
    return fflush(stdout) != 0;
}

static int repeat(size_t left)
{
    unsigned char block[BLOCK];

    if (random_fill(block, sizeof(block)) != 0)
        return CANNOT;
    for (; left > sizeof(block); left -= sizeof(block))
        if (fwrite(block, 1, sizeof(block), stdout) != sizeof(block))
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    enum random_source source;
    size_t length;

    if (argc < 3)
        return 2;
    source = named(argv[1]);
    length = strtoul(argv[2], NULL, 10) << 20;
    if (source == RANDOM_AUTO)
        return repeat(length);
    if (random_start(source, NULL, NULL) != 0 || random_source() != source)
        return CANNOT;
    return stream(source, length);
}
