/*
 * libFuzzer on preload/rules: the input is a file, read in pieces whose size its first byte says. A
 * second reading, line by line and by the C library's means, must agree about the line that is not
 * understood, or else about each setting.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char program[] = "/usr/bin/program";

static const struct {
    const char *name;
    const char *values[6];
} known[SETTINGS] = {
    {"mode=", {"activate", "register", "builtin", "reseed"}},
    {"source=", {"auto", "vdso", "getrandom", "getentropy", "urandom"}},
    {"on_swap=", {"keep", "fail", "abort", "allow"}},
    {"on_replace=", {"ignore", "fail", "abort", "allow"}},
    {"on_failure=", {"error", "abort"}},
    {"log=", {"warn", "quiet", "info"}},
};

static void need(bool condition)
{
    if (!condition)
        abort();
}

static bool is_program(const char *path, void *context)
{
    (*(unsigned int *)context)++;
    return strcmp(path, program) == 0;
}

static bool understand_word(struct rule *rules, const char *word)
{
    for (size_t i = 0; i < SETTINGS; i++)
        for (unsigned int value = 0; known[i].values[value]; value++) {
            size_t length = strlen(known[i].name);

            if (strncmp(word, known[i].name, length) != 0 ||
                strcmp(word + length, known[i].values[value]) != 0)
                continue;
            rules[i] = (struct rule){1, value, false};
            return true;
        }
    return false;
}

/* One line, without its end, is added to what the file says. */
static bool understand(struct rule *wanted, unsigned int number, char *line)
{
    struct rule rules[SETTINGS] = {{0}};
    bool fits = true, is_first = true, is_final = false, any = false;
    char *state = NULL;

    for (char *word = strtok_r(line, " \t", &state); word && *word != '#';
         word = strtok_r(NULL, " \t", &state)) {
        if (is_final)
            return false;
        if (is_first && *word == '/') {
            fits = strcmp(word, program) == 0;
        } else if (any && strcmp(word, "final") == 0) {
            is_final = true;
        } else if (understand_word(rules, word)) {
            any = true;
        } else {
            return false;
        }
        is_first = false;
    }
    for (size_t i = 0; i < SETTINGS && fits; i++)
        if (rules[i].line)
            wanted[i] = (struct rule){number, rules[i].value, is_final};
    return any || is_first;
}

/* The first line that is not understood, or 0. */
static unsigned int read_lines(struct rule *wanted, const char *text, size_t size)
{
    char line[RULES_LONGEST_LINE + 1];
    const char *end;

    for (unsigned int number = 1; size; number++, text = end + 1) {
        size_t length;

        end = memchr(text, '\n', size);
        length = end ? (size_t)(end - text) : size;
        if (memchr(text, '\0', length))
            return number;
        if (*text == '#')
            length = 0;
        if (length > RULES_LONGEST_LINE)
            return number;
        memcpy(line, text, length);
        line[length] = '\0';
        if (!understand(wanted, number, line))
            return number;
        if (!end)
            return 0;
        size -= (size_t)(end - text) + 1;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rule wanted[SETTINGS] = {{0}};
    unsigned int asked = 0, wrong;
    struct rules rules = {.is_program = is_program, .context = &asked};
    size_t piece = size ? 1 + data[0] : 1;
    char *text = malloc(size + 1); /* of its own size: what reads past it is found out */

    memcpy(text, data, size);
    for (size_t at = 0; at < size; at += piece)
        rules_add(&rules, text + at, piece < size - at ? piece : size - at);
    rules_end(&rules);
    wrong = read_lines(wanted, text, size);
    need(rules.wrong == wrong);
    for (size_t i = 0; i < SETTINGS && !wrong; i++)
        need(rules.of[i].line == wanted[i].line && rules.of[i].value == wanted[i].value &&
             rules.of[i].is_final == wanted[i].is_final);
    need(asked == 0 || memchr(text, '/', size));
    free(text);
    return 0;
}
