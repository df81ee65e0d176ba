/*
 * A walk along the table: the order of the sources, what is kept from one draw to the next, and the
 * lines that are printed.
 */
#include "model.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

enum { GETENTROPY_INDEX = 2, LENGTHS = 16 };

static const char *const column_names[] = {"whole",  "part",  "zero", "EINTR",
                                           "EAGAIN", "errno", "other"};

const char *source_name(enum random_source source)
{
    static const char *const names[] = {"auto", "vdso", "getrandom", "getentropy", "urandom"};

    return names[source];
}

bool model_has_vdso = true;

static bool used[STEPS][COLUMNS];

struct walk {
    const struct usage *usage;
    const struct plan *plan;
    struct outcome_of_run *outcome;
    size_t first; /* the source that a draw begins with */
    bool starting, keyed, kept;
    unsigned int turns[LENGTHS];   /* of large draws, by their size's class */
    bool low;                      /* the next file gets descriptor 0 */
    bool has_stderr, other_stderr; /* what the start saw of it */
    bool wrote;
    unsigned int said;
    size_t ask, got; /* of the piece that is drawn */
    int error;
};

static enum column column_of(long answer)
{
    if (answer == ANSWER_PASS)
        return WHOLE;
    if (answer == ANSWER_HALF)
        return PART;
    if (answer == ANSWER_OTHER)
        return OTHER;
    if (answer == 0)
        return ZERO;
    return answer == -EINTR ? INTERRUPTED : answer == -EAGAIN ? UNSEEDED : ERROR;
}

static long answer_to(struct walk *walk, enum call call, size_t size)
{
    struct trace *trace = &walk->outcome->trace;
    long answer = plan_answer(walk->plan, trace, call);

    trace_add(trace, call, size, answer);
    return answer;
}

static bool serves_bytes(enum call call)
{
    return call == CALL_GETRANDOM || call == CALL_GETRANDOM_WAIT || call == CALL_READ;
}

/* Makes a row's call; returns the next row. */
static enum step follow(struct walk *walk, enum step at)
{
    const struct row *row = &table[at];
    bool draws = serves_bytes(row->call) && row->size == 0;
    long answer = answer_to(walk, row->call, draws ? walk->ask : row->size);
    enum column column = column_of(answer);

    if (answer < 0 && row->call != CALL_CLOSE)
        walk->error = (int)-answer;
    if (row->call == CALL_CLOSE && answer != ANSWER_PASS && at != NOT_OURS)
        walk->low = false; /* a made up failure leaves it open */
    if (row->call == CALL_WRITE)
        walk->wrote = answer == ANSWER_PASS;
    if (draws && (column == WHOLE || column == PART)) {
        size_t served = column == WHOLE ? walk->ask : half_of(walk->ask);

        walk->got += served;
        walk->ask -= served;
    }
    if (draws && column == PART && walk->ask == 0)
        column = WHOLE;                  /* half of one byte is all of it */
    if (at == SAY && walk->other_stderr) /* the same one is the other one then */
        column = column == WHOLE ? OTHER : column == OTHER ? WHOLE : column;
    used[at][column] = true;
    return row->next[column];
}

enum line { LINE_RULES, LINE_LOST, LINE_UNSEEDED, LINE_FAILED };
static void say(struct walk *walk, enum line line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* To the end of the rows: 0, or the errno for which the source has failed. */
static int walk_from(struct walk *walk, enum step step)
{
    for (;;) {
        switch (step) {
        case DONE:
            return 0;
        case FAILED:
            return walk->error;
        case EMPTY:
            return EIO;
        case NO_MEMORY:
            return ENOMEM;
        case NO_DEVICE:
            return ENODEV;
        case NO_CALL:
            return ENOSYS;
        case FOUND:
            step = model_has_vdso ? VDSO_POOL : NO_CALL;
            continue;
        case KEYED:
            walk->keyed = true;
            walk->got = walk->ask;
            return 0;
        case OPENED:
            step = walk->low ? LOW_MOVE : OURS;
            continue;
        case FIRST:
            step = walk->kept ? READY : SEED_OPEN;
            continue;
        case READY:
            walk->kept = true;
            step = walk->starting ? DONE : READ;
            continue;
        case GETRANDOM_WAIT:
        case SEED_WAIT:
            say(walk, LINE_UNSEEDED, "the kernel's generator has no seed yet; waiting for it");
            break;
        default:
            break;
        }
        if (walk->outcome->trace.count == MOST_EVENTS)
            return ELOOP; /* no run is that long: the table goes round in circles */
        step = follow(walk, step);
    }
}

/* Each kind of line once; one that cannot be printed now is not printed later. */
static void say(struct walk *walk, enum line line, const char *format, ...)
{
    char *lines = walk->outcome->lines;
    size_t length = strlen(lines);
    int error = walk->error;
    va_list arguments;

    if (walk->said & 1u << line)
        return;
    walk->said |= 1u << line;
    if (!walk->has_stderr)
        return;
    walk->wrote = false;
    walk_from(walk, SAY);
    walk->error = error;
    if (!walk->wrote)
        return;
    va_start(arguments, format);
    length += (size_t)vsnprintf(lines + length, LONGEST_LINES - length, format, arguments);
    va_end(arguments);
    snprintf(lines + length, LONGEST_LINES - length, "\n");
}

static void say_lost(struct walk *walk, size_t index, int error)
{
    say(walk, LINE_LOST, "source %s does not work (errno %d); the next one serves",
        source_name(sources[index].source), error);
}

static size_t next_source(const struct walk *walk, size_t index)
{
    return index + 1 == GETENTROPY_INDEX && walk->usage->source != RANDOM_GETENTROPY ? index + 2
                                                                                     : index + 1;
}

/* The first source from the wanted one on that starts. The wanted one is told only if another
 * serves in its place. */
static int start(struct walk *walk)
{
    enum random_source wanted = walk->usage->source;
    size_t index = wanted == RANDOM_AUTO ? 0 : wanted - RANDOM_VDSO;
    int error = ENOSYS, lost_error = 0;

    for (walk->first = index ? index : 1; index < SOURCES; index = next_source(walk, index)) {
        walk->starting = true;
        walk->ask = 1;
        error = walk_from(walk, sources[index].start);
        walk->starting = false;
        if (error == 0) {
            walk->first = index;
            if (lost_error && wanted != RANDOM_AUTO)
                say_lost(walk, wanted - RANDOM_VDSO, lost_error);
            return 0;
        }
        if (!lost_error)
            lost_error = error;
    }
    return error;
}

/* The vDSO's, then the system call's twice, and so on; the runs are too short for a choice. */
static bool is_turn_of_system(struct walk *walk, size_t length)
{
    size_t class = 0;

    while ((size_t)256 << class < length)
        class ++;
    return 0x96 >> walk->turns[class]++ & 1;
}

static enum step first_step(struct walk *walk, const struct source_rows *source, size_t length)
{
    bool later = source->source == RANDOM_VDSO ? walk->keyed : walk->kept;

    if (source->alone && length > source->alone && is_turn_of_system(walk, length))
        return GETRANDOM;
    return later ? source->later_draw : source->draw;
}

/* One source serves until nothing is left; what was interrupted begins again. Of a large draw that
 * is the first one's to share, a first part is thrown away: a fork may come between two. */
static int drain(struct walk *walk, size_t index, size_t *left)
{
    const struct source_rows *source = &sources[index];
    bool whole = source->alone && *left > source->alone;

    while (*left) {
        int error;

        walk->got = 0;
        walk->ask = source->piece && *left > source->piece ? source->piece : *left;
        error = walk_from(walk, first_step(walk, source, *left));
        if (error && error != EINTR)
            return error;
        if (!whole || walk->got == *left)
            *left -= error ? 0 : walk->got;
        whole = false;
    }
    return 0;
}

/* Later draws begin with the source that served, and the one that failed is told, unless it was
 * EAGAIN: that concerns this draw only. */
static int draw(struct walk *walk, size_t length)
{
    const size_t begin = walk->first;
    size_t index, left = length;
    int error = 0, first_error = 0;

    for (index = begin; index < SOURCES; index = next_source(walk, index)) {
        error = drain(walk, index, &left);
        if (index == begin)
            first_error = error;
        if (error == 0)
            break;
    }
    if (error == 0 && index != begin && first_error != EAGAIN) {
        walk->first = index;
        say_lost(walk, begin, first_error);
    }
    return error;
}

void model_run(struct outcome_of_run *outcome, const struct usage *usage, const struct plan *plan)
{
    struct walk walk = {.usage = usage, .plan = plan, .outcome = outcome, .low = usage->low};
    int error;
    long answer;

    memset(outcome, 0, sizeof(*outcome));
    answer = answer_to(&walk, CALL_FSTAT_STDERR, 0);
    walk.has_stderr = answer == ANSWER_PASS || answer == ANSWER_OTHER;
    walk.other_stderr = answer == ANSWER_OTHER;
    walk_from(&walk, COUNTERS);
    if (walk_from(&walk, RULES) != 0)
        say(&walk, LINE_RULES, "/etc/osrandom.conf is not used: it cannot be opened");
    error = start(&walk);
    if (error)
        say(&walk, LINE_FAILED,
            "no source of random bytes works (errno %d); OpenSSL will be told so", error);
    for (size_t i = 0; i < MOST_DRAWS && usage->draws[i] && !outcome->aborted; i++) {
        error = draw(&walk, usage->draws[i]);
        outcome->served[i] = error == 0;
        outcome->tally += error == 0;
        outcome->failures += error != 0;
        if (error == 0)
            continue;
        say(&walk, LINE_FAILED, "no source of random bytes works (errno %d); OpenSSL is told so",
            error);
        outcome->aborted = usage->abort;
    }
    outcome->source = sources[walk.first].source;
}

const char *model_idle_cells(void)
{
    static char text[4096];
    size_t length = 0;

    text[0] = '\0';
    for (int at = ROWS; at < STEPS; at++)
        for (int column = 0; column < COLUMNS; column++)
            if (table[at].next[column] != NEVER && !used[at][column])
                length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s.%s",
                                           length ? " " : "", table[at].name, column_names[column]);
    return text;
}
