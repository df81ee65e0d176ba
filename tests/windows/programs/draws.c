/*
 * draws SOURCE COUNT [LENGTH...]: for Windows, linked to the static library. Prepares SOURCE (or
 * "none", to draw before random_start()), makes COUNT draws of 32 bytes and one of each length, and
 * prints what an operator would be told and how the draws went, a name=value a line.
 */
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { CANARY = 64, CANARY_BYTE = 0x5c, NO_RUN = 10, LAST_ERROR = 4711, THREADS = 4, EACH = 500 };

static void print_notice(enum random_notice notice, enum random_source source, int error)
{
    printf("notice=%s %s %d\n", notice == RANDOM_NOTICE_LOST ? "lost" : "unseeded",
           random_source_name(source), error);
}

static bool all_are(const unsigned char *bytes, size_t length, unsigned char value)
{
    while (length && *bytes == value) {
        bytes++;
        length--;
    }
    return length == 0;
}

/* As long a run of zeros as 64 MiB hold once in 2^54: bytes that no source has written. */
static bool left_zero(const unsigned char *bytes, size_t length)
{
    size_t run = 0;

    for (size_t i = 0; i < length && run < NO_RUN; i++)
        run = bytes[i] ? 0 : run + 1;
    return run == NO_RUN;
}

static const char *draw(size_t length)
{
    unsigned char *memory = malloc(length + 2 * CANARY);
    unsigned char *buffer = memory + CANARY;
    const char *verdict = "served";

    if (!memory)
        return "no memory";
    memset(memory, CANARY_BYTE, CANARY);
    memset(buffer, 0, length);
    memset(buffer + length, CANARY_BYTE, CANARY);
    SetLastError(LAST_ERROR);
    if (random_fill(buffer, length) != 0)
        verdict = "failed";
    else if (GetLastError() != LAST_ERROR)
        verdict = "the last error was changed";
    else if (!all_are(memory, CANARY, CANARY_BYTE) ||
             !all_are(buffer + length, CANARY, CANARY_BYTE))
        verdict = "written outside the buffer";
    else if (left_zero(buffer, length) || (length >= 16 && all_are(buffer + length - 8, 8, 0)))
        verdict = "not filled";
    free(memory);
    return verdict;
}

static struct {
    unsigned char bytes[16];
} drawn[THREADS * EACH];

static DWORD WINAPI draw_many(void *first)
{
    for (size_t i = 0; i < EACH; i++)
        if (random_fill(drawn[(size_t)first + i].bytes, sizeof(drawn[0].bytes)) != 0)
            return 1;
    return 0;
}

static int compare(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(drawn[0]));
}

/* The number of draws of several threads that equal another, or are nothing but zeros. */
static size_t worthless(void)
{
    HANDLE threads[THREADS];
    size_t count = 0;

    for (size_t i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, draw_many, (void *)(i * EACH), 0, NULL);
    WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE);
    qsort(drawn, THREADS * EACH, sizeof(drawn[0]), compare);
    for (size_t i = 0; i < THREADS * EACH; i++)
        count += all_are(drawn[i].bytes, sizeof(drawn[0]), 0) ||
                 (i > 0 && compare(&drawn[i], &drawn[i - 1]) == 0);
    return count;
}

static enum random_source source_named(const char *name)
{
    enum random_source source = RANDOM_CRYPTGENRANDOM;

    while (source != RANDOM_AUTO && strcmp(name, random_source_name(source)) != 0)
        source--;
    return source;
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[2]) : 0;

    _setmode(_fileno(stdout), _O_BINARY); /* lines end as the test expects them */
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc > 1 && strcmp(argv[1], "none") != 0)
        printf("start=%d\n", random_start(source_named(argv[1]), NULL, print_notice));
    printf("source=%s\n", random_source_name(random_source()));
    for (int i = 0; i < count; i++)
        printf("draw %d=%s\n", i + 1, draw(32));
    for (int i = 3; i < argc; i++)
        printf("%s=%s\n", argv[i], draw((size_t)atol(argv[i])));
    printf("worthless=%d\n", (int)worthless());
    printf("source at last=%s\n", random_source_name(random_source()));
    return 0;
}
