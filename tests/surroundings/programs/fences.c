/*
 * fences WORD...: a program with OpenSSL that fences itself in, as daemons and sandboxes do, and
 * then draws 32 bytes, and 4096 twice: by the vDSO, and by the system call. The words, taken in
 * turn:
 *
 *   chroot           an empty root directory, without /dev
 *   no-descriptors   RLIMIT_NOFILE=0
 *   no-memory        RLIMIT_AS=1: what is mapped stays, nothing is added
 *   spent            the same, as the first word, before any constructor runs
 *   reused           closes all descriptors but standard output, and opens other things instead
 *   denied, killed   a seccomp filter that answers EPERM to getrandom, or ends the process
 *   drawn            a first draw, with which OpenSSL has seeded itself on stock
 *   streams          standard streams are closed, and the real output is descriptor 9
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "show.h"

enum { LARGE = 4096, NUMBERS = 64, REAL_OUTPUT = 9, KINDS = 3, HEAP = 100 << 10 };

static void empty_root(void)
{
    char path[] = "/tmp/osrandom-root-XXXXXX";

    need(mkdtemp(path) != NULL, "mkdtemp");
    need(chdir(path) == 0 && rmdir(path) == 0, "rmdir"); /* it lives while it is our directory */
    if (chroot(".") != 0)
        cannot_run("only root may change its root directory");
    need(access("/dev", F_OK) != 0, "an empty root directory");
}

static void limit(int resource, rlim_t most)
{
    const struct rlimit none = {most, most};

    need(setrlimit(resource, &none) == 0, "setrlimit");
}

/* The heap is made first, as a limit that a program can live with leaves it one. A library could be
 * linked with -z initfirst, but up to glibc 2.33 that is libpthread's place. */
static void spend_first(int argc, char **argv, char **environment)
{
    void *volatile block;

    (void)environment;
    if (argc < 2 || strcmp(argv[1], "spent") != 0)
        return;
    block = malloc(HEAP);
    free(block);
    limit(RLIMIT_AS, 1);
}

typedef void first_function(int, char **, char **);
__attribute__((section(".preinit_array"), used)) static first_function *before_all = spend_first;

static void filter(unsigned int action)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = 4, .filter = code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        cannot_run("no seccomp filters here");
}

/* ---- Numbers that were the device's and are now a file's, a socket's and another device's. ----
 */

static bool has_reused;
static int opened[KINDS]; /* a file, a socket in which a byte waits, /dev/zero */

static ino_t inode_of(int descriptor)
{
    struct stat status = {0};

    return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

static void reuse(void)
{
    int pair[2];

    has_reused = true;
    close(STDIN_FILENO);
    need(syscall(SYS_close_range, STDERR_FILENO, ~0U, 0) == 0, "close_range");
    opened[0] = memfd_create("file", 0);
    need(opened[0] >= 0 && write(opened[0], "content", 7) == 7 &&
             lseek(opened[0], 0, SEEK_SET) == 0,
         "writing a file");
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && write(pair[0], "x", 1) == 1,
         "socketpair");
    opened[1] = pair[1];
    opened[2] = open("/dev/zero", O_RDONLY);
    for (int number = 0; number < NUMBERS; number++)
        if (number != STDOUT_FILENO && inode_of(number) == 0)
            need(dup2(opened[number % KINDS], number) == number, "dup2");
}

static void show_reused(void)
{
    struct stat file;
    char byte = 0;
    int strangers = 0;

    for (int number = 0; number < NUMBERS; number++)
        strangers += inode_of(number) == 0;
    printf("closed=%d\n", strangers);
    need(fstat(opened[0], &file) == 0 && file.st_size == 7, "a file as long as it was");
    printf("read=%d\n", lseek(opened[0], 0, SEEK_CUR) != 0 ||
                            recv(opened[1], &byte, 1, MSG_DONTWAIT) != 1 || byte != 'x');
}

/* ---- */

static void show_streams(void)
{
    int taken = 0;

    for (int number = 0; number < 3; number++)
        taken += fcntl(number, F_GETFD) >= 0;
    need(dup2(REAL_OUTPUT, STDOUT_FILENO) == STDOUT_FILENO, "dup2");
    printf("taken=%d\n", taken);
}

static void fence(const char *word)
{
    if (strcmp(word, "chroot") == 0)
        empty_root();
    else if (strcmp(word, "no-descriptors") == 0)
        limit(RLIMIT_NOFILE, 0);
    else if (strcmp(word, "no-memory") == 0)
        limit(RLIMIT_AS, 1);
    else if (strcmp(word, "reused") == 0)
        reuse();
    else if (strcmp(word, "denied") == 0)
        filter(SECCOMP_RET_ERRNO | EPERM);
    else if (strcmp(word, "killed") == 0)
        filter(SECCOMP_RET_KILL_PROCESS);
    else if (strcmp(word, "drawn") == 0)
        show_draw("first", RAND_bytes, SHOWN);
}

int main(int argc, char **argv)
{
    static char output[4096];

    setvbuf(stdout, output, _IOFBF, sizeof(output));
    for (int i = 1; i < argc; i++)
        fence(argv[i]);
    show_draw("small", RAND_bytes, SHOWN);
    show_draw("large", RAND_bytes, LARGE);
    show_draw("next", RAND_bytes, LARGE);
    printf("served=%zu\n", draws_served(1));
    if (has_reused)
        show_reused();
    if (argc > 1 && strcmp(argv[1], "streams") == 0)
        show_streams();
    return 0;
}
