/*
 * See watched.h. The descriptors are read when ptrace tells that a process is about to exit, and
 * still has them.
 */
#include "watched.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_LINES = 1000 };

struct lines {
    char *line[MOST_LINES];
    size_t count;
};

static void become(const char *root, const char *preload, const char *const *argv, int out, int err)
{
    if (chroot(root) != 0 || chdir("/tmp") != 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(err, STDERR_FILENO) < 0)
        _exit(126);
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    clearenv();
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("LC_ALL", "C", 1);
    if (preload)
        setenv("LD_PRELOAD", preload, 1);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    execvp(argv[0], (char *const *)argv);
    _exit(127);
}

/* Numbers that differ from run to run, of inodes and processes, become one '#'. */
static void forget_numbers(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        bool digit = *from >= '0' && *from <= '9';

        if (!digit)
            *to++ = *from;
        else if (to == text || to[-1] != '#')
            *to++ = '#';
    }
    *to = '\0';
}

static void note_descriptor(struct lines *lines, pid_t process, const char *name,
                            const char *number)
{
    char path[64], target[512];
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/%d/fd/%.10s", process, number);
    length = readlink(path, target, sizeof(target) - 1);
    if (length < 0 || lines->count == MOST_LINES)
        return;
    target[length] = '\0';
    forget_numbers(target);
    if (asprintf(&lines->line[lines->count++], "%s: %s -> %s\n", name, number, target) < 0)
        abort();
}

static void note_descriptors(struct lines *lines, pid_t process)
{
    char path[64], name[64] = "";
    struct dirent *entry;
    FILE *file;
    DIR *directory;

    snprintf(path, sizeof(path), "/proc/%d/comm", process);
    file = fopen(path, "re");
    if (file && fgets(name, sizeof(name), file))
        name[strcspn(name, "\n")] = '\0';
    if (file)
        fclose(file);
    snprintf(path, sizeof(path), "/proc/%d/fd", process);
    directory = opendir(path);
    while (directory && (entry = readdir(directory)))
        if (entry->d_name[0] != '.')
            note_descriptor(lines, process, name, entry->d_name);
    if (directory)
        closedir(directory);
}

/* A thread shares its process's descriptors, and its own end says nothing. */
static bool is_process(pid_t thread)
{
    char path[64], line[128];
    int process = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", thread);
    file = fopen(path, "re");
    if (!file)
        return false;
    while (fgets(line, sizeof(line), file) && sscanf(line, "Tgid: %d", &process) != 1)
        ;
    fclose(file);
    return process == thread;
}

/* Lets all that is traced run on until the first child has ended; answers with its status. */
static int follow(pid_t child, struct lines *lines)
{
    int ending = 0, status;

    for (pid_t stopped; (stopped = waitpid(-1, &status, __WALL)) > 0;) {
        int signal = WIFSTOPPED(status) ? WSTOPSIG(status) : 0;

        if (!WIFSTOPPED(status)) {
            if (stopped == child)
                ending = status;
            continue;
        }
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8) && is_process(stopped))
            note_descriptors(lines, stopped);
        if (signal == SIGSTOP || signal == SIGTRAP)
            signal = 0; /* ptrace's own */
        ptrace(PTRACE_CONT, stopped, NULL, (long)signal);
    }
    return ending;
}

static int by_text(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Processes end in any order, so the lines are sorted. */
static char *joined(struct lines *lines)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    qsort(lines->line, lines->count, sizeof(lines->line[0]), by_text);
    for (size_t i = 0; i < lines->count; i++) {
        fputs(lines->line[i], stream);
        free(lines->line[i]);
    }
    fclose(stream);
    return text;
}

static char *content_of(int descriptor)
{
    off_t length = lseek(descriptor, 0, SEEK_END);
    char *text = calloc(1, (size_t)length + 1);

    if (!text || pread(descriptor, text, (size_t)length, 0) != length)
        abort();
    close(descriptor);
    return text;
}

struct watched watch(const char *root, const char *preload, const char *const *argv)
{
    const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    struct watched watched = {0};
    struct lines lines = {0};
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0)
        become(root, preload, argv, out, err);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        abort();
    ptrace(PTRACE_SETOPTIONS, child, NULL, options);
    ptrace(PTRACE_CONT, child, NULL, 0L);
    watched.status = follow(child, &lines);
    watched.out = content_of(out);
    watched.err = content_of(err);
    watched.descriptors = joined(&lines);
    return watched;
}

void watched_free(struct watched *watched)
{
    free(watched->out);
    free(watched->err);
    free(watched->descriptors);
}
