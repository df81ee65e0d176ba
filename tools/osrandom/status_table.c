/*
 * The table of osrandom status. It is as wide as COLUMNS says, as ps(1) has it, or as the terminal
 * is; where there is neither, names are never cut.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "status_words.h"

enum column {
    COLUMN_PID,
    COLUMN_USER,
    COLUMN_UNIT,
    COLUMN_CONTAINER,
    COLUMN_CGROUP,
    COLUMN_PROGRAM,
    COLUMN_PATH,
    COLUMN_STATE,
    COLUMN_OPENSSL,
    COLUMN_MODE,
    COLUMN_RULE,
    COLUMN_SOURCE,
    COLUMN_DRAWS,
    COLUMN_BYTES,
    COLUMN_REFUSED,
    COLUMN_FAIL,
    COLUMNS,
};

static const struct {
    const char *word, *head;
    int least; /* columns; those of numbers stand on the right */
    bool is_number, may_be_cut;
} kinds[COLUMNS] = {
    [COLUMN_PID] = {"pid", "PID", 7, true, false},
    [COLUMN_USER] = {"user", "USER", 8, false, true},
    [COLUMN_UNIT] = {"unit", "UNIT", 15, false, true},
    [COLUMN_CONTAINER] = {"container", "CONTAINER", 12, false, true},
    [COLUMN_CGROUP] = {"cgroup", "CGROUP", 15, false, true},
    [COLUMN_PROGRAM] = {"program", "PROGRAM", 14, false, true},
    [COLUMN_PATH] = {"path", "PATH", 15, false, true},
    [COLUMN_STATE] = {"state", "STATE", 13, false, false},
    [COLUMN_OPENSSL] = {"openssl", "OPENSSL", 7, false, false},
    [COLUMN_MODE] = {"mode", "MODE", 8, false, false},
    [COLUMN_RULE] = {"rule", "RULE", 8, false, true},
    [COLUMN_SOURCE] = {"source", "SOURCE", 10, false, false},
    [COLUMN_DRAWS] = {"draws", "DRAWS", 5, true, false},
    [COLUMN_BYTES] = {"bytes", "BYTES", 5, true, false},
    [COLUMN_REFUSED] = {"refused", "REFUSED", 7, true, false},
    [COLUMN_FAIL] = {"fail", "FAIL", 4, true, false},
};

static enum column chosen[COLUMNS] = {COLUMN_PID,     COLUMN_PROGRAM, COLUMN_STATE,
                                      COLUMN_OPENSSL, COLUMN_SOURCE,  COLUMN_DRAWS,
                                      COLUMN_BYTES,   COLUMN_REFUSED, COLUMN_FAIL};
static size_t chosen_count = 9;

static struct row {
    char *cells[COLUMNS]; /* of those chosen; NULL: empty */
    char *note;           /* a line below it, or NULL */
} * rows;
static size_t row_count;

/* ---- Choosing ---- */

const char *table_columns(void)
{
    static char words[256];
    size_t length = 0;

    for (size_t i = 0; i < COLUMNS; i++)
        length += (size_t)snprintf(words + length, sizeof(words) - length, "%s%s", i ? "," : "",
                                   kinds[i].word);
    return words;
}

static enum column column_named(const char *word, size_t length)
{
    size_t i = 0;

    if (length == strlen("kept") && strncmp(word, "kept", length) == 0)
        return COLUMN_REFUSED; /* its name of before */
    while (i < COLUMNS &&
           (strlen(kinds[i].word) != length || strncmp(kinds[i].word, word, length) != 0))
        i++;
    return (enum column)i;
}

bool table_choose(const char *columns)
{
    chosen_count = 0;
    for (const char *word = columns;; word++) {
        size_t length = strcspn(word, ",");
        enum column column = column_named(word, length);

        if (column == COLUMNS || chosen_count == COLUMNS)
            return false;
        chosen[chosen_count++] = column;
        word += length;
        if (!*word)
            return true;
    }
}

/* ---- Cells ---- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

static char *or_dash(const char *text)
{
    return printable(text && *text ? text : "-");
}

/* In at most five columns. */
static char *shortened(const struct look *look, uint64_t number)
{
    static const char units[] = " kMGTPE";
    double value = (double)number;
    size_t unit = 0;

    if (!look->has_figures)
        return NULL;
    for (; value >= 999.5; unit++)
        value /= 1000;
    if (unit == 0)
        return text_of("%u", (unsigned int)number);
    return text_of(value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

static char *version_of(const struct look *look, size_t index)
{
    if (index >= look->openssl_count)
        return or_dash(NULL);
    return printable(*look->openssl[index].version ? look->openssl[index].version : "?");
}

static char *cell_of(const struct look *look, enum column column)
{
    switch (column) {
    case COLUMN_PID:
        return text_of("%d", (int)look->pid);
    case COLUMN_USER:
        return or_dash(look->identity.user);
    case COLUMN_UNIT:
        return or_dash(look->identity.unit);
    case COLUMN_CONTAINER:
        return or_dash(look->identity.container);
    case COLUMN_CGROUP:
        return or_dash(look->identity.cgroup);
    case COLUMN_PROGRAM:
        return or_dash(last_part(look->identity.program));
    case COLUMN_PATH:
        return or_dash(look->identity.program);
    case COLUMN_STATE:
        return or_dash(state_for_people(look));
    case COLUMN_OPENSSL:
        return version_of(look, 0);
    case COLUMN_MODE:
        return or_dash(mode_of(look));
    case COLUMN_RULE:
        return or_dash(rule_of(look));
    case COLUMN_SOURCE:
        return look->has_figures ? or_dash(source_of(look)) : NULL;
    case COLUMN_DRAWS:
        return shortened(look, look->draws);
    case COLUMN_BYTES:
        return shortened(look, look->bytes);
    case COLUMN_REFUSED:
        return shortened(look, look->swaps);
    case COLUMN_FAIL:
        return shortened(look, look->failures);
    default:
        return NULL;
    }
}

static struct row *new_row(void)
{
    rows = grown(rows, row_count, sizeof(*rows));
    rows[row_count] = (struct row){.note = NULL};
    return &rows[row_count++];
}

/* Further OpenSSLs stand below the first. */
static void add_versions(const struct look *look)
{
    for (size_t version = 1; version < look->openssl_count; version++) {
        struct row *row = new_row();

        for (size_t i = 0; i < chosen_count; i++)
            if (chosen[i] == COLUMN_OPENSSL)
                row->cells[i] = version_of(look, version);
    }
}

void table_add(const struct look *look)
{
    struct row *row = new_row();

    for (size_t i = 0; i < chosen_count; i++)
        row->cells[i] = cell_of(look, chosen[i]);
    add_versions(look);
    if (*look->why)
        rows[row_count - 1].note = printable(look->why);
}

/* ---- Printing ---- */

/* 0: without limit. */
static int width_of_output(void)
{
    const char *variable = getenv("COLUMNS");
    int width = variable ? atoi(variable) : 0;
    struct winsize size;

    if (width > 0)
        return width;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int width_of(size_t index)
{
    int width = kinds[chosen[index]].least;

    for (size_t i = 0; i < row_count; i++) {
        const char *cell = rows[i].cells[index];

        if (cell && (int)strlen(cell) > width)
            width = (int)strlen(cell);
    }
    return width;
}

/* The widest of those that may be cut is cut, and again, until all fit or none has anything left.
 */
static void fit(int widths[COLUMNS], int room)
{
    for (;;) {
        size_t widest = COLUMNS;
        int sum = (int)chosen_count - 1;

        for (size_t i = 0; i < chosen_count; i++) {
            sum += widths[i];
            if (kinds[chosen[i]].may_be_cut && widths[i] > kinds[chosen[i]].least &&
                (widest == COLUMNS || widths[i] > widths[widest]))
                widest = i;
        }
        if (sum <= room || widest == COLUMNS)
            return;
        widths[widest]--;
    }
}

/* Nothing stands behind the last cell that is not empty. */
static void print_cells(char *const *cells, const int *widths)
{
    int blanks = 0;

    for (size_t i = 0; i < chosen_count; i++) {
        const char *cell = cells[i] ? cells[i] : "";
        int shown = (int)strnlen(cell, (size_t)widths[i]), rest = widths[i] - shown;
        bool on_the_right = kinds[chosen[i]].is_number;

        if (shown > 0) {
            printf("%*s%.*s", blanks + (on_the_right ? rest : 0), "", shown, cell);
            blanks = on_the_right ? 0 : rest;
        } else {
            blanks += rest;
        }
        blanks++;
    }
    putchar('\n');
}

static void print_head(const int *widths)
{
    char *cells[COLUMNS] = {NULL};

    for (size_t i = 0; i < chosen_count; i++)
        cells[i] = text_of("%s", kinds[chosen[i]].head);
    print_cells(cells, widths);
    for (size_t i = 0; i < chosen_count; i++)
        free(cells[i]);
}

static void free_row(struct row *row)
{
    for (size_t i = 0; i < COLUMNS; i++)
        free(row->cells[i]);
    free(row->note);
}

static void part(unsigned int count, const char *text)
{
    if (count)
        printf(", %u %s", count, text);
}

static void print_summary(const struct tally *tally)
{
    const unsigned int *states = tally->states;
    unsigned int not = states[LOOK_UNCOVERED] + states[LOOK_SWAPPED];
    unsigned int with = states[LOOK_COVERED] + states[LOOK_PROVIDER] + states[LOOK_GUARDED] + not ;

    printf("%u process%s with OpenSSL: %u covered", with, with == 1 ? "" : "es",
           states[LOOK_COVERED]);
    if (tally->self_reported)
        printf(" (%u self-reported)", tally->self_reported);
    part(states[LOOK_PROVIDER], "by the provider");
    part(states[LOOK_GUARDED], "guarded");
    printf(", %u not", not );
    if (states[LOOK_SWAPPED])
        printf(" (%u swapped)", states[LOOK_SWAPPED]);
    part(states[LOOK_NOT_PERMITTED], "without permission to look");
    part(states[LOOK_GONE], "gone");
    part(states[LOOK_TROUBLE], "in trouble");
    putchar('\n');
}

void table_print(const struct tally *tally)
{
    int widths[COLUMNS], room = width_of_output();

    for (size_t i = 0; i < chosen_count; i++)
        widths[i] = width_of(i);
    if (room > 0)
        fit(widths, room);
    print_head(widths);
    for (size_t i = 0; i < row_count; i++) {
        print_cells(rows[i].cells, widths);
        if (rows[i].note)
            printf("%8s%.*s\n", "", room > 16 ? room - 8 : LOOK_WHY, rows[i].note);
        free_row(&rows[i]);
    }
    free(rows);
    rows = NULL;
    row_count = 0;
    print_summary(tally);
}
