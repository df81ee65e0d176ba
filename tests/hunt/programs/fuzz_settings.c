/*
 * libFuzzer on preload/settings and the report of what it does not know: the input is an
 * environment, an entry each up to a NUL. A second reading of it, by the C library's means, must
 * agree; and the lines that are printed must be lines, whatever the values hold. To be run with
 * -close_fd_mask=2.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report.h"
#include "settings.h"

enum { MOST_ENTRIES = 64, LONGEST_LINE = 512 };

extern char **environ;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *name;
    const char *values[6];
    size_t offset;
} known[] = {
    {"OSRANDOM_MODE=",
     {"activate", "register", "builtin", "reseed"},
     offsetof(struct settings, mode)},
    {"OSRANDOM_SOURCE=",
     {"auto", "vdso", "getrandom", "getentropy", "urandom"},
     offsetof(struct settings, source)},
    {"OSRANDOM_ON_SWAP=",
     {"keep", "fail", "abort", "allow"},
     offsetof(struct settings, on_replace)},
    {"OSRANDOM_ON_REPLACE=",
     {"ignore", "fail", "abort", "allow"},
     offsetof(struct settings, on_replace)},
    {"OSRANDOM_ON_FAILURE=", {"error", "abort"}, offsetof(struct settings, on_failure)},
    {"OSRANDOM_LOG=", {"warn", "quiet", "info"}, offsetof(struct settings, log)},
};

static void need(bool condition)
{
    if (!condition)
        abort();
}

/* Returns how many values the entry has that are not known: 0 or 1. */
static unsigned int read_entry(struct settings *wanted, size_t variable, const char *entry)
{
    const char *name = known[variable].name, *value = entry + strlen(name);

    if (strncmp(entry, name, strlen(name)) != 0)
        return 0;
    for (unsigned int i = 0; i < 6 && known[variable].values[i]; i++)
        if (strcmp(value, known[variable].values[i]) == 0) {
            *(unsigned int *)((char *)wanted + known[variable].offset) = i;
            return 0;
        }
    return *value != '\0';
}

/* Standard error is a file in memory here. */
static void check_lines(unsigned int unknown)
{
    static const char start[] = "osrandom: ";
    static char text[6 * LONGEST_LINE + 1];
    ssize_t length = pread(STDERR_FILENO, text, sizeof(text), 0);
    unsigned int lines = 0;

    need(length >= 0 && length < (ssize_t)sizeof(text));
    text[length] = '\0';
    for (const char *line = text; *line; lines++) {
        const char *end = strchr(line, '\n');

        need(end && end - line < LONGEST_LINE && strncmp(line, start, strlen(start)) == 0);
        for (; line < end; line++)
            need((unsigned char)*line >= ' ' && *line != 0x7f);
        line = end + 1;
    }
    need(unknown == 0 ? lines == 0 : lines <= unknown);
}

static void capture_reports(void)
{
    static bool captured;
    int memory = captured ? -1 : memfd_create("stderr", MFD_CLOEXEC);

    if (memory >= 0)
        dup2(memory, STDERR_FILENO);
    captured = true;
    need(ftruncate(STDERR_FILENO, 0) == 0 && lseek(STDERR_FILENO, 0, SEEK_SET) == 0);
    report_start();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1), **before = environ;
    char *entries[MOST_ENTRIES + 1] = {NULL};
    struct settings wanted = {0};
    unsigned int unknown = 0;
    size_t count = 0;

    memcpy(text, data, size);
    for (size_t at = 0; at < size && count < MOST_ENTRIES; at += strlen(text + at) + 1)
        entries[count++] = text + at;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        for (size_t j = 0; j < count; j++)
            unknown += read_entry(&wanted, i, entries[j]);
    capture_reports();
    memset(&settings, 0, sizeof(settings));
    environ = entries;
    settings_read();
    environ = before;
    need(memcmp(&settings, &wanted, sizeof(settings)) == 0);
    settings.log = LOG_WARN;
    settings_report();
    check_lines(unknown);
    free(text);
    return 0;
}
