/*
 * The lines that may be printed: to whom they go, and that they do no harm on the way.
 */
#include "report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"
#include "stderr_pipe.h"

TestSuite(report, .timeout = 120);

static int start(void)
{
    int reader = stderr_pipe();

    report_start();
    return reader;
}

static void says(int reader, const char *text)
{
    char wanted[1024] = "";

    if (*text)
        snprintf(wanted, sizeof(wanted), "%s%s\n", line_start(getpid()), text);
    cr_assert_str_eq(pipe_text(reader), wanted);
}

Test(report, is_a_line_with_the_program_and_its_number)
{
    int reader = start();

    report(REPORT_SETTING, "%s and %u, %u", "text", 0u, 4294967295u);
    says(reader, "text and 0, 4294967295");
}

Test(report, escapes_control_bytes)
{
    int reader = start();

    report(REPORT_SETTING, "<%s>", "\x01\n\r\x1b[31m\x7f\x1f ~\xc3\xa9");
    says(reader, "<\\x01\\x0a\\x0d\\x1b[31m\\x7f\\x1f ~\xc3\xa9>");
}

Test(report, escapes_control_bytes_in_the_name_of_the_program)
{
    static char name[] = "evil\nname";
    int reader = start();
    const char *said;

    program_invocation_short_name = name;
    report(REPORT_SETTING, "text");
    said = pipe_text(reader);
    cr_assert(strstr(said, "osrandom: evil\\x0aname[") == said, "%s", said);
}

Test(report, cuts_a_line_at_its_limit)
{
    static char endless[100000];
    int reader = start();
    const char *said;

    memset(endless, 'x', sizeof(endless) - 1);
    report(REPORT_SETTING, "%s, %s", endless, endless);
    said = pipe_text(reader);
    cr_assert(strlen(said) == 512 && strchr(said, '\n') == said + 511, "%zu bytes: %s",
              strlen(said), said);
    memset(endless, '\n', sizeof(endless) - 1);
    report(REPORT_SETTING, "%s", endless);
    said = pipe_text(reader);
    cr_assert(strlen(said) == 512 && strchr(said, '\n') == said + 511);
}

Test(report, tells_each_kind_once)
{
    int reader = start();

    settings.log = LOG_INFO;
    for (enum report_kind kind = REPORT_ACTIVATED; kind <= REPORT_FAILED; kind++) {
        report(kind, "first");
        says(reader, "first");
    }
    for (enum report_kind kind = REPORT_ACTIVATED; kind <= REPORT_FAILED; kind++) {
        report(kind, "again");
        says(reader, kind == REPORT_ACTIVATED || kind == REPORT_SETTING ? "again" : "");
    }
}

static void *report_in_thread(void *unused)
{
    for (int i = 0; i < 100; i++)
        report(REPORT_FAILED, "lost");
    return unused;
}

Test(report, tells_once_what_many_threads_meet_at_once)
{
    pthread_t threads[8];
    int reader = start();

    for (int i = 0; i < 8; i++)
        cr_assert(pthread_create(&threads[i], NULL, report_in_thread, NULL) == 0);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    says(reader, "lost");
}

Test(report, tells_good_news_only_when_asked)
{
    int reader = start();

    report(REPORT_ACTIVATED, "text");
    report(REPORT_NOT_NEEDED, "text");
    says(reader, "");
    report(REPORT_SWAP, "text");
    says(reader, "text");
}

Test(report, tells_nothing_when_quiet)
{
    int reader = start();

    settings.log = LOG_QUIET;
    for (enum report_kind kind = REPORT_ACTIVATED; kind <= REPORT_FAILED; kind++)
        report(kind, "text");
    says(reader, "");
}

Test(report, tells_nothing_before_its_start)
{
    int reader = stderr_pipe();

    report(REPORT_FAILED, "text");
    says(reader, "");
}

Test(report, does_not_write_into_the_file_that_a_daemon_opened_as_descriptor_2)
{
    FILE *database = tmpfile();
    int reader = start();
    struct stat about;

    cr_assert(database && dup2(fileno(database), STDERR_FILENO) == STDERR_FILENO);
    report(REPORT_FAILED, "text");
    cr_assert(fstat(fileno(database), &about) == 0 && about.st_size == 0,
              "a line was written into the program's database");
    says(reader, "");
}

Test(report, does_not_write_into_another_pipe_under_descriptor_2)
{
    int reader = start();
    int other = stderr_pipe();

    report(REPORT_FAILED, "text");
    says(other, "");
    says(reader, "");
}

Test(report, does_not_write_into_what_is_opened_where_there_was_no_descriptor_2)
{
    FILE *database = tmpfile();
    struct stat about;

    close(STDERR_FILENO);
    report_start();
    cr_assert(database && dup2(fileno(database), STDERR_FILENO) == STDERR_FILENO);
    report(REPORT_FAILED, "text");
    cr_assert(fstat(fileno(database), &about) == 0 && about.st_size == 0);
}

Test(report, writes_again_when_descriptor_2_is_back)
{
    int reader = start();
    int kept = dup(STDERR_FILENO);

    close(STDERR_FILENO);
    report(REPORT_SETTING, "lost");
    cr_assert(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
    report(REPORT_SETTING, "seen");
    says(reader, "seen");
}

Test(report, does_not_wait_for_a_full_pipe)
{
    static char page[4096];
    int reader = start();

    cr_assert(fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK) == 0);
    while (write(STDERR_FILENO, page, sizeof(page)) > 0)
        ;
    cr_assert(fcntl(STDERR_FILENO, F_SETFL, 0) == 0);
    report(REPORT_SETTING, "text");
    cr_assert(read(reader, page, sizeof(page)) == sizeof(page));
    report(REPORT_SETTING, "text");
}

Test(report, does_not_wait_for_a_full_socket)
{
    static char page[4096];
    int ends[2];

    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    cr_assert(dup2(ends[0], STDERR_FILENO) == STDERR_FILENO);
    report_start();
    while (send(STDERR_FILENO, page, sizeof(page), MSG_DONTWAIT) > 0)
        ;
    report(REPORT_SETTING, "text");
}

static volatile sig_atomic_t raised;

static void note_signal(int signal)
{
    raised = signal;
}

/* A signal that is raised and does not kill is no better: its handler may be the program's way to
 * end. */
static void raises_nothing(int signal)
{
    sigset_t pending, blocked;

    report(REPORT_SETTING, "text");
    cr_assert(raised == 0, "the program got signal %d", (int)raised);
    cr_assert(sigpending(&pending) == 0 && !sigismember(&pending, signal),
              "a signal waits for the program to unblock it");
    cr_assert(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && !sigismember(&blocked, signal),
              "a signal stays blocked");
}

static void watch(int signal)
{
    struct sigaction action = {.sa_handler = note_signal};

    cr_assert(sigaction(signal, &action, NULL) == 0);
}

Test(report, raises_no_signal_when_the_reader_of_a_pipe_is_gone)
{
    watch(SIGPIPE);
    close(start());
    raises_nothing(SIGPIPE);
}

Test(report, raises_no_signal_when_the_other_end_of_a_socket_is_gone)
{
    int ends[2];

    watch(SIGPIPE);
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    cr_assert(dup2(ends[0], STDERR_FILENO) == STDERR_FILENO);
    report_start();
    close(ends[1]);
    raises_nothing(SIGPIPE);
}

Test(report, raises_no_signal_when_the_log_may_not_grow)
{
    struct rlimit nothing = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
    FILE *log = tmpfile();

    watch(SIGXFSZ);
    cr_assert(log && dup2(fileno(log), STDERR_FILENO) == STDERR_FILENO);
    report_start();
    cr_assert(setrlimit(RLIMIT_FSIZE, &nothing) == 0);
    raises_nothing(SIGXFSZ);
}

Test(report, leaves_a_signal_that_was_waiting)
{
    sigset_t pipe_signal, pending;

    close(start());
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    cr_assert(pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL) == 0);
    raise(SIGPIPE);
    report(REPORT_SETTING, "text");
    cr_assert(sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE),
              "a signal of the program's own was taken away");
}

static void errno_is_kept(void)
{
    errno = ENOTTY;
    report(REPORT_SETTING, "%s %u", "text", 1u);
    cr_assert(errno == ENOTTY, "the program's errno became %s", strerror(errno));
}

Test(report, leaves_errno_alone)
{
    int reader = start();

    errno_is_kept();
    close(reader);
    signal(SIGPIPE, SIG_IGN);
    errno_is_kept();
    close(STDERR_FILENO);
    errno_is_kept();
}
