/*
 * One write(2) a line, and only where it can do no harm.
 */
#include "report.h"

#include <linux/poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "imports.h"
#include "linux_file.h"
#include "linux_syscall.h"
#include "settings.h"

enum { STDERR = 2, LONGEST_LINE = 512 };

struct line {
    size_t length;
    char text[LONGEST_LINE];
};

static struct linux_file stderr_at_start;
static bool has_stderr;
static _Atomic unsigned int said;

void report_start(void)
{
    has_stderr = linux_file_of(STDERR, &stderr_at_start);
}

const char *report_program(void)
{
    return &program_invocation_short_name && program_invocation_short_name
               ? program_invocation_short_name
               : "?";
}

static void add(struct line *line, char byte)
{
    if (line->length < LONGEST_LINE - 1) /* the last place is the newline's */
        line->text[line->length++] = byte;
}

static void add_text(struct line *line, const char *text)
{
    for (; *text; text++)
        add(line, *text);
}

static void add_escaped(struct line *line, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte >= ' ' && byte != 0x7f) {
            add(line, *text);
            continue;
        }
        add_text(line, "\\x");
        add(line, digits[byte >> 4]);
        add(line, digits[byte & 15]);
    }
}

static void add_number(struct line *line, unsigned int number)
{
    char digits[10];
    size_t count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count)
        add(line, digits[--count]);
}

static void add_format(struct line *line, const char *format, va_list arguments)
{
    for (; *format; format++) {
        if (*format != '%') {
            add(line, *format);
            continue;
        }
        format++;
        if (*format == 's')
            add_escaped(line, va_arg(arguments, const char *));
        else
            add_number(line, va_arg(arguments, unsigned int));
    }
}

static bool still_stderr(void)
{
    struct linux_file now;

    return has_stderr && linux_file_of(STDERR, &now) && now.device == stderr_at_start.device &&
           now.inode == stderr_at_start.inode && now.special == stderr_at_start.special;
}

/* A full pipe or a stopped terminal would make write() wait. */
static bool takes_output(void)
{
    struct pollfd output = {.fd = STDERR, .events = POLLOUT};
    int64_t at_once[2] = {0, 0};

    return linux_syscall(SYS_ppoll, &output, 1, at_once, NULL, 0) == 1 &&
           (output.revents & POLLOUT) != 0;
}

/* A pipe whose reader is gone raises SIGPIPE in this thread, a file that may not grow SIGXFSZ: they
 * are held back, and taken away unless one was pending before. SIGTTOU is held back so that a
 * background job is not stopped. */
static void write_quietly(const struct line *line)
{
    const uint64_t raised = UINT64_C(1) << (SIGPIPE - 1) | UINT64_C(1) << (SIGXFSZ - 1);
    const uint64_t held = raised | UINT64_C(1) << (SIGTTOU - 1);
    uint64_t before = 0, pending = 0;
    int64_t at_once[2] = {0, 0};
    long written;

    if (linux_syscall(SYS_rt_sigpending, &pending, sizeof(pending)) != 0 ||
        linux_syscall(SYS_rt_sigprocmask, SIG_BLOCK, &held, &before, sizeof(held)) != 0)
        return;
    written = linux_syscall(SYS_write, STDERR, line->text, line->length);
    if (written < 0 && !(pending & raised))
        linux_syscall(SYS_rt_sigtimedwait, &raised, NULL, at_once, sizeof(raised));
    linux_syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof(before));
}

bool report_is_wanted(enum report_kind kind)
{
    return settings.log != LOG_QUIET && (kind >= REPORT_SETTING || settings.log == LOG_INFO);
}

static bool is_first(enum report_kind kind)
{
    unsigned int bit = 1u << kind;

    return kind == REPORT_ACTIVATED || kind == REPORT_SETTING ||
           !(atomic_fetch_or(&said, bit) & bit);
}

void report(enum report_kind kind, const char *format, ...)
{
    struct line line = {0};
    va_list arguments;

    if (!report_is_wanted(kind) || !is_first(kind) || !still_stderr() || !takes_output())
        return;
    add_text(&line, "osrandom: ");
    add_escaped(&line, report_program());
    add(&line, '[');
    add_number(&line, (unsigned int)linux_syscall(SYS_getpid));
    add_text(&line, "]: ");
    va_start(arguments, format);
    add_format(&line, format, arguments);
    va_end(arguments);
    line.text[line.length++] = '\n';
    write_quietly(&line);
}
