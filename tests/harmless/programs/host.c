/*
 * host keep|close|global PLUGIN...: a program that runs one plugin after another, and closes each
 * before the next or keeps it, or lets the next ones use its names. With LINKED it has an OpenSSL
 * of its own; with OWN_GETENV it has its own getenv(), as bash does, so that an OpenSSL comes in
 * without a word. HOST_FENCE=descriptors leaves it none to be had when it has loaded a plugin;
 * HOST_FENCE=files runs it twice, and from then on to open a file is to be killed; HOST_FENCE=cut
 * has mapped a file that has become shorter since.
 */
#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef LINKED
#include <openssl/rand.h>
#endif

#include "plugin.h"

#ifdef OWN_GETENV
#include "own_getenv.h"
#endif

static void *needed(void *library, const char *name)
{
    void *found = library ? dlsym(library, name) : NULL;

    if (found)
        return found;
    fprintf(stderr, "host: %s\n", dlerror());
    exit(127);
}

static int fence_is(const char *wanted)
{
    const char *fence = getenv("HOST_FENCE");

    return fence && strcmp(fence, wanted) == 0;
}

static void need(int done, const char *what)
{
    if (!done)
        perror(what);
    if (!done)
        exit(127);
}

static void forbid_descriptors(void)
{
    const struct rlimit none = {0, 0};

    need(setrlimit(RLIMIT_NOFILE, &none) == 0, "host: setrlimit");
}

static void forbid_files(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

    need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
             prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0,
         "host: seccomp");
}

static void map_cut_file(void)
{
    enum { SIZE = 64 << 20 };
    int file = memfd_create("cut", MFD_CLOEXEC);

    need(file >= 0 && ftruncate(file, SIZE) == 0 &&
             mmap(NULL, SIZE, PROT_READ, MAP_SHARED, file, 0) != MAP_FAILED &&
             ftruncate(file, 0) == 0,
         "host: a file that is cut");
}

static void run_plugin(void *plugin, int number)
{
    static const struct tail *before;
    static const void *of_first;
    const struct tail *tail = needed(plugin, "tails");
    void (*plugin_run)(void), (*plugin_keep)(const void *);

    if (!of_first)
        of_first = needed(plugin, "EVP_sha256");
    *(void **)&plugin_keep = needed(plugin, "keep");
    plugin_keep(of_first);
    printf("plugin=%d\n", number);
    if (number > 1)
        printf("it lies=%s\n", tail == before ? "where the one before lay" : "elsewhere");
    before = tail;
    *(void **)&plugin_run = needed(plugin, "run");
    if (fence_is("descriptors"))
        forbid_descriptors();
    plugin_run();
    fflush(stdout);
    if (fence_is("files")) {
        printf("plugin=%d\n", number + 1);
        forbid_files();
        plugin_run();
    }
    for (; tail->name; tail++)
        printf("%s=%s\n", tail->name, tail->is(tail->call()));
    fflush(stdout);
}

int main(int argc, char **argv)
{
#ifdef LINKED
    unsigned char bytes[16];

    printf("host's RAND_bytes=%d\n", RAND_bytes(bytes, sizeof(bytes)));
#endif
    if (fence_is("cut"))
        map_cut_file();
    for (int i = 2; i < argc; i++) {
        const int scope = strcmp(argv[1], "global") == 0 ? RTLD_GLOBAL : RTLD_LOCAL;
        void *plugin = dlopen(argv[i], RTLD_NOW | scope);

        run_plugin(plugin, i - 1);
        if (strcmp(argv[1], "close") == 0)
            dlclose(plugin);
    }
    return 0;
}
