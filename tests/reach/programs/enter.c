/*
 * enter ROOT[:ROOT] [-b FILE[=PLACE]]... [-e NAME=VALUE]... PROGRAM [ARGUMENT]...: runs a program
 * in a root directory, or in several laid over each other, as if that were the whole system.
 *
 * A copy-on-write view of them, in a mount namespace of its own: nothing stays behind. FILE is seen
 * there under its own name or as PLACE. No process is made on the way, so that the caller's child
 * is the program. What cannot be done here is said in one line, with exit code 127.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOX "/mnt"
#define NEW_ROOT BOX "/new"

static void fail(const char *what)
{
    fprintf(stderr, "enter: cannot %s: %s\n", what, strerror(errno));
    exit(127);
}

static char *format(const char *pattern, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, pattern);
    if (vasprintf(&text, pattern, arguments) < 0)
        fail("get memory");
    va_end(arguments);
    return text;
}

static void write_file(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);

    if (descriptor < 0 || write(descriptor, text, strlen(text)) != (ssize_t)strlen(text))
        fail("map the user in a user namespace");
    close(descriptor);
}

/* Root needs no namespace of users for one of mounts. */
static void leave_the_system(void)
{
    uid_t user = geteuid();
    gid_t group = getegid();

    if (unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
        fail("make a mount namespace (root, or user namespaces, are needed)");
    if (user != 0) {
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", format("0 %d 1", (int)user));
        write_file("/proc/self/gid_map", format("0 %d 1", (int)group));
    }
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        fail("keep mounts to itself");
}

static void lay_over(const char *roots)
{
    if (mount("box", BOX, "tmpfs", 0, "mode=755") != 0)
        fail("mount a tmpfs on " BOX);
    mkdir(BOX "/upper", 0755);
    mkdir(BOX "/work", 0755);
    mkdir(NEW_ROOT, 0755);
    if (mount("box", NEW_ROOT, "overlay", 0,
              format("lowerdir=%s,upperdir=" BOX "/upper,workdir=" BOX "/work", roots)) != 0)
        fail("mount an overlay");
    if (mount("/dev", NEW_ROOT "/dev", NULL, MS_BIND | MS_REC, NULL) != 0 ||
        mount("/proc", NEW_ROOT "/proc", NULL, MS_BIND | MS_REC, NULL) != 0)
        fail("mount /dev and /proc");
}

static void make_place(const char *path)
{
    char *place = format("%s", path);
    int descriptor;

    for (char *slash = place + strlen(NEW_ROOT) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(place, 0755);
        *slash = '/';
    }
    descriptor = open(place, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0)
        fail("make a place for a file");
    close(descriptor);
    free(place);
}

static void bind_file(char *file)
{
    char *place = strchr(file, '=');

    if (place)
        *place++ = '\0';
    place = format(NEW_ROOT "%s", place ? place : file);
    make_place(place);
    if (mount(file, place, NULL, MS_BIND, NULL) != 0)
        fail("show a file");
}

int main(int argc, char **argv)
{
    int option;

    if (argc < 3)
        return 127;
    leave_the_system();
    lay_over(argv[1]);
    optind = 2;
    while ((option = getopt(argc, argv, "+b:e:")) != -1) {
        if (option == 'b')
            bind_file(optarg);
        else if (option != 'e' || putenv(optarg) != 0)
            return 127;
    }
    if (chroot(NEW_ROOT) != 0 || chdir("/") != 0)
        fail("change to the new root");
    execv(argv[optind], argv + optind);
    fail(argv[optind]);
}
