/*
 * See supervisor.h.
 */
#include "supervisor.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

enum { SECONDS_TO_WAIT = 60 };

struct range {
    uintptr_t start, end;
};

struct supervisor {
    const struct plan *plan;
    const char *object;
    struct supervised *seen;
    struct range code, vdso;
    int listener;
    bool in_ledger; /* the ledger's file is opened and mapped, by code of the same object */
};

static bool peek(const struct supervisor *supervisor, uint64_t address, void *to, size_t length)
{
    struct iovec here = {to, length}, there = {(void *)(uintptr_t)address, length};

    return process_vm_readv(supervisor->seen->process, &here, 1, &there, 1, 0) == (ssize_t)length;
}

static void poke(const struct supervisor *supervisor, uint64_t address, void *from, size_t length)
{
    struct iovec here = {from, length}, there = {(void *)(uintptr_t)address, length};

    process_vm_writev(supervisor->seen->process, &here, 1, &there, 1, 0);
}

/* Where the object and the vDSO lie in the child. */
static void find_ranges(struct supervisor *supervisor)
{
    char path[64], line[4352], name[4096];
    FILE *maps;

    snprintf(path, sizeof(path), "/proc/%d/maps", (int)supervisor->seen->process);
    maps = fopen(path, "re");
    while (maps && fgets(line, sizeof(line), maps)) {
        struct range range;
        struct range *which = NULL;

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %*s %*s %*s %4095[^\n]", &range.start,
                   &range.end, name) != 3)
            continue;
        if (strcmp(name, supervisor->object) == 0)
            which = &supervisor->code;
        else if (strcmp(name, "[vdso]") == 0)
            which = &supervisor->vdso;
        if (which)
            *which = (struct range){which->end ? which->start : range.start, range.end};
    }
    if (maps)
        fclose(maps);
}

static bool lies_in(const struct range *range, uint64_t address)
{
    return address >= range->start && address < range->end;
}

static bool reads_random(const struct supervisor *supervisor, uint64_t descriptor)
{
    char path[64], target[sizeof("/dev/random")] = "";

    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)supervisor->seen->process, (int)descriptor);
    return readlink(path, target, sizeof(target) - 1) > 0 && strcmp(target, "/dev/random") == 0;
}

static enum call call_of(const struct supervisor *supervisor, const struct seccomp_data *data)
{
    char path[sizeof("/etc/osrandom.conf")] = "";
    struct pollfd polled = {0};

    switch (data->nr) {
    case SYS_fstat:
        return data->args[0] == STDERR_FILENO ? CALL_FSTAT_STDERR : CALL_FSTAT;
    case SYS_mmap:
        return CALL_MMAP;
    case SYS_madvise:
        return CALL_MADVISE;
    case SYS_getrandom:
        return data->args[2] & GRND_NONBLOCK ? CALL_GETRANDOM : CALL_GETRANDOM_WAIT;
    case SYS_openat:
        peek(supervisor, data->args[1], path, sizeof(path) - 1);
        return strcmp(path, "/dev/urandom") == 0         ? CALL_OPEN_URANDOM
               : strcmp(path, "/dev/random") == 0        ? CALL_OPEN_RANDOM
               : strcmp(path, "/etc/osrandom.conf") == 0 ? CALL_OPEN_RULES
                                                         : CALL_UNKNOWN;
    case SYS_fcntl:
        return CALL_FCNTL;
    case SYS_close:
        return CALL_CLOSE;
    case SYS_read:
        return reads_random(supervisor, data->args[0]) ? CALL_READ_SEED : CALL_READ;
    case SYS_ppoll:
        peek(supervisor, data->args[0], &polled, sizeof(polled));
        return polled.fd == STDERR_FILENO ? CALL_POLL_STDERR : CALL_POLL_SEED;
    case SYS_rt_sigpending:
        return CALL_SIGPENDING;
    case SYS_rt_sigprocmask:
        return CALL_SIGMASK;
    case SYS_rt_sigtimedwait:
        return CALL_SIGTAKE;
    case SYS_write:
        return data->args[0] == STDERR_FILENO ? CALL_WRITE : CALL_UNKNOWN;
    default:
        return CALL_UNKNOWN;
    }
}

/* What the waking of OpenSSL asks about the process: no draw depends on it, and the model has no
 * word for it. */
static bool is_question(const struct seccomp_data *data)
{
    return data->nr == SYS_rt_sigprocmask && data->args[1] == 0;
}

/* The shim's first call is an fstat(). By whomever they are made, the calls that seed a generator
 * in the process are of interest: getentropy()'s getrandom(), and the devices. */
static bool is_ours(struct supervisor *supervisor, const struct seccomp_data *data, enum call call)
{
    if (!supervisor->code.end && data->nr == SYS_fstat)
        find_ranges(supervisor);
    if (call == CALL_GETRANDOM_WAIT || call == CALL_OPEN_URANDOM || call == CALL_OPEN_RANDOM)
        return true;
    if (is_question(data))
        return false;
    if (!lies_in(&supervisor->code, data->instruction_pointer))
        return lies_in(&supervisor->vdso, data->instruction_pointer);
    if (data->nr == SYS_openat && call == CALL_UNKNOWN) {
        supervisor->in_ledger = true;
        return false;
    }
    if (!supervisor->in_ledger)
        return true;
    supervisor->in_ledger = call != CALL_CLOSE;
    return false;
}

static long half(const struct supervisor *supervisor, const struct seccomp_data *data)
{
    unsigned char bytes[4096];
    size_t length = half_of(data->args[data->nr == SYS_getrandom ? 1 : 2]);

    if (data->nr == SYS_write)
        return (long)length;
    if (length > sizeof(bytes))
        length = sizeof(bytes);
    getrandom(bytes, length, 0);
    poke(supervisor, data->args[data->nr == SYS_getrandom ? 0 : 1], bytes, length);
    return (long)length;
}

static long other_file(const struct supervisor *supervisor, const struct seccomp_data *data)
{
    struct stat other;

    if (stat("/dev/null", &other) == 0)
        poke(supervisor, data->args[1], &other, sizeof(other));
    return 0;
}

static void handle(struct supervisor *supervisor)
{
    struct seccomp_notif call = {0};
    struct seccomp_notif_resp response = {0};
    enum call kind;
    long answer = ANSWER_PASS;

    if (ioctl(supervisor->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
        return;
    kind = call_of(supervisor, &call.data);
    if (is_ours(supervisor, &call.data, kind)) {
        answer = plan_answer(supervisor->plan, &supervisor->seen->trace, kind);
        trace_add(&supervisor->seen->trace, kind,
                  call.data.nr == SYS_getrandom ? call.data.args[1]
                  : call.data.nr == SYS_read    ? call.data.args[2]
                                                : 0,
                  answer);
    }
    response.id = call.id;
    if (answer == ANSWER_PASS)
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (answer == ANSWER_HALF)
        response.val = half(supervisor, &call.data);
    else if (answer == ANSWER_OTHER)
        response.val = other_file(supervisor, &call.data);
    else
        response.error = (int)answer;
    ioctl(supervisor->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Until the child is gone. */
static void attend(struct supervisor *supervisor, int child)
{
    struct pollfd wanted[2] = {{.fd = supervisor->listener, .events = POLLIN},
                               {.fd = child, .events = POLLIN}};

    while (!(wanted[1].revents & POLLIN) && !supervisor->seen->hung) {
        if (poll(wanted, 2, SECONDS_TO_WAIT * 1000) == 0) {
            supervisor->seen->hung = true;
            kill(supervisor->seen->process, SIGKILL);
        } else if (wanted[0].revents & POLLIN) {
            handle(supervisor);
        }
    }
}

bool supervise(struct supervised *seen, const struct plan *plan, const char *object,
               void (*child)(const void *), const void *argument)
{
    struct supervisor supervisor = {.plan = plan, .object = object, .seen = seen};
    int process, status = 0;

    *seen = (struct supervised){.exit_code = -1};
    seen->process = watched_child(&supervisor.listener, child, argument);
    if (seen->process < 0)
        return false;
    process = (int)syscall(SYS_pidfd_open, seen->process, 0);
    if (supervisor.listener >= 0 && process >= 0)
        attend(&supervisor, process);
    else
        kill(seen->process, SIGKILL);
    waitpid(seen->process, &status, 0);
    close(process);
    close(supervisor.listener);
    if (WIFEXITED(status))
        seen->exit_code = WEXITSTATUS(status);
    else
        seen->signal = WTERMSIG(status);
    seen->out = child_text(STDOUT_FILENO, &seen->out_length);
    seen->err = child_text(STDERR_FILENO, NULL);
    return supervisor.listener >= 0;
}
