/*
 * See child.h. A filter stays with what the child becomes; its listener is handed to the parent
 * through a socket.
 */
#include "child.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_OUTPUT = 32 << 10 };

/* All calls are told of, but for those that are made often and that the shim does not make. */
static int install_filter(void)
{
    static const int others[] = {SYS_sendmsg, SYS_exit_group,   SYS_futex,
                                 SYS_brk,     SYS_rt_sigaction, SYS_mprotect,
                                 SYS_pread64, SYS_getpid,       SYS_gettid};
    enum { COUNT = sizeof(others) / sizeof(others[0]) };
    struct sock_filter code[COUNT + 3];
    struct sock_fprog program = {.filter = code};

    code[program.len++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned int i = 0; i < COUNT; i++)
        code[program.len++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)others[i], (__u8)(COUNT - i), 0);
    code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &program);
}

/* A descriptor in a message of one byte; with -1 in its place there is none. */
union passed {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message(union passed *passed, struct iovec *byte)
{
    static char nothing;

    *byte = (struct iovec){&nothing, 1};
    return (struct msghdr){
        .msg_iov = byte, .msg_iovlen = 1, .msg_control = passed, .msg_controllen = sizeof(*passed)};
}

static void pass(int socket, int descriptor)
{
    union passed passed = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS}};
    struct iovec byte;
    struct msghdr whole = message(&passed, &byte);

    memcpy(CMSG_DATA(&passed.header), &descriptor, sizeof(descriptor));
    if (descriptor < 0)
        whole.msg_controllen = 0;
    sendmsg(socket, &whole, 0);
}

static int passed_through(int socket)
{
    union passed passed = {0};
    struct iovec byte;
    struct msghdr whole = message(&passed, &byte);
    int descriptor;

    if (recvmsg(socket, &whole, MSG_CMSG_CLOEXEC) != 1 || whole.msg_controllen == 0)
        return -1;
    memcpy(&descriptor, CMSG_DATA(&passed.header), sizeof(descriptor));
    return descriptor;
}

static void empty(int file)
{
    if (ftruncate(file, 0) == 0)
        lseek(file, 0, SEEK_SET);
}

/* Made once. What the child writes goes to files in memory, which take it whether or not somebody
 * reads. */
static struct {
    int out, err, null, sockets[2];
} files = {.out = -1};

static bool make_files(void)
{
    if (files.out >= 0) {
        empty(files.out);
        empty(files.err);
        return true;
    }
    files.err = memfd_create("err", MFD_CLOEXEC);
    files.null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, files.sockets) == 0)
        files.out = memfd_create("out", MFD_CLOEXEC);
    return files.out >= 0 && files.err >= 0 && files.null >= 0;
}

static void be_child(void (*child)(const void *), const void *argument)
{
    if (dup2(files.null, STDIN_FILENO) != STDIN_FILENO ||
        dup2(files.out, STDOUT_FILENO) != STDOUT_FILENO ||
        dup2(files.err, STDERR_FILENO) != STDERR_FILENO)
        _exit(127);
    pass(files.sockets[1], install_filter());
    child(argument);
    _exit(127);
}

pid_t watched_child(int *listener, void (*function)(const void *), const void *argument)
{
    pid_t child = make_files() ? fork() : -1;

    if (child == 0)
        be_child(function, argument);
    *listener = child < 0 ? -1 : passed_through(files.sockets[0]);
    return child;
}

char *child_text(int descriptor, size_t *length)
{
    static char texts[2][MOST_OUTPUT];
    char *text = texts[descriptor == STDERR_FILENO];
    ssize_t got =
        pread(descriptor == STDERR_FILENO ? files.err : files.out, text, MOST_OUTPUT - 1, 0);

    text[got > 0 ? got : 0] = '\0';
    if (length)
        *length = got > 0 ? (size_t)got : 0;
    return text;
}
