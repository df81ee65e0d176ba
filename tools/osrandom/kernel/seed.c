/*
 * See seed.h. Nothing is read without a limit of time: a FIFO may have no writer, a virtio port no
 * host that is connected, and a hook that waits for ever keeps a clone from starting.
 */
#include "seed.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/memory.h"

enum { PAUSE = 10 }; /* milliseconds, where poll(2) cannot tell when there is more */

struct seed *seed_new(void)
{
    struct seed *seed =
        mmap(NULL, sizeof(*seed), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (seed == MAP_FAILED)
        exit(complain("reseed", "there is no memory left"));
    mlock(seed, sizeof(*seed)); /* as far as RLIMIT_MEMLOCK goes */
    madvise(seed, sizeof(*seed), MADV_DONTDUMP);
    madvise(seed, sizeof(*seed), MADV_WIPEONFORK);
    return seed;
}

void seed_wipe(struct seed *seed)
{
    explicit_bzero(seed->bytes, (size_t)seed->length);
    seed->bits = seed->length = 0;
}

void seed_add(struct seed *seed, const void *bytes, size_t length)
{
    size_t room = SEED_MOST - (size_t)seed->length;

    if (length > room)
        length = room;
    memcpy(seed->bytes + seed->length, bytes, length);
    seed->length += (int)length;
}

/* ---- Reading ---- */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct reading {
    int file;
    const char *name;
    int least, most; /* bytes wanted */
    bool has_end;    /* 0 from read(2) is the end, not "nothing yet" */
    double until;    /* of now() */
};

/* False when the time is over. A FIFO without a writer reads as if it had ended: only what poll(2)
 * has told of is read. */
static bool wait_for_more(const struct reading *reading, bool poll_tells)
{
    struct pollfd file = {.fd = reading->file, .events = POLLIN};
    double left = reading->until - now();

    if (left <= 0)
        return false;
    if (poll_tells)
        return poll(&file, 1, (int)(left * 1000) + 1) != 0;
    poll(NULL, 0, PAUSE);
    return true;
}

/* Up to most bytes; the seed's length tells how many there were. NULL, or a sentence. */
static char *read_on(struct seed *seed, const struct reading *reading, double seconds)
{
    int before = seed->length;
    bool poll_tells = true;

    while (seed->length - before < reading->most) {
        ssize_t got;

        if (!wait_for_more(reading, poll_tells))
            return seed->length > before
                       ? text_of("%s gave %d bytes and no end within %g seconds", reading->name,
                                 seed->length - before, seconds)
                       : text_of("%s gave nothing for %g seconds", reading->name, seconds);
        got = read(reading->file, seed->bytes + seed->length,
                   (size_t)(reading->most - (seed->length - before)));
        if (got > 0) {
            seed->length += (int)got;
            if (!reading->has_end && seed->length - before >= reading->least)
                return NULL;
        } else if (got == 0 && reading->has_end) {
            return NULL;
        } else if (got < 0 && errno != EAGAIN && errno != EINTR) {
            return text_of("cannot read %s: %s", reading->name, strerror(errno));
        }
        poll_tells = got > 0;
    }
    return NULL;
}

static bool all_alike(const unsigned char *bytes, int length)
{
    return length > 1 && memcmp(bytes, bytes + 1, (size_t)length - 1) == 0;
}

/* What was read since is worth trying; otherwise a sentence. */
static char *judge(struct seed *seed, int before, const char *name)
{
    int length = seed->length - before;

    if (length == 0)
        return text_of("%s is empty", name);
    if (all_alike(seed->bytes + before, length))
        return text_of("the %d bytes of %s are all alike: that is no seed", length, name);
    return NULL;
}

static char *read_all(struct seed *seed, int file, const char *name, double seconds)
{
    struct stat status;
    int before = seed->length;
    struct reading reading = {.file = file, .name = name, .has_end = true};
    bool device;
    char *problem;

    if (fstat(file, &status) != 0)
        return text_of("cannot read %s: %s", name, strerror(errno));
    device = S_ISCHR(status.st_mode);
    if (device && (status.st_rdev == makedev(1, 8) || status.st_rdev == makedev(1, 9)))
        return text_of("%s is the very generator that is to be reseeded", name);
    reading.most = device ? SEED_FROM_DEVICE : SEED_MOST - before;
    reading.until = now() + seconds;
    problem = read_on(seed, &reading, seconds);
    if (!problem && !device && seed->length == SEED_MOST)
        problem = text_of("%s has %d bytes or more, and 32 are enough", name, SEED_MOST);
    return problem ? problem : judge(seed, before, name);
}

char *seed_read_file(struct seed *seed, const char *path, double seconds)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    char *problem;

    if (file < 0)
        return text_of("cannot open %s: %s", path, strerror(errno));
    problem = read_all(seed, file, path, seconds);
    close(file);
    return problem;
}

/* Its flags are shared with others and are left alone: poll(2) comes before each read(2). */
char *seed_read_input(struct seed *seed, double seconds)
{
    return read_all(seed, STDIN_FILENO, "standard input", seconds);
}

bool seed_has_input(void)
{
    struct stat status;

    return fstat(STDIN_FILENO, &status) == 0 && !S_ISCHR(status.st_mode);
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return isxdigit((unsigned char)digit) ? tolower((unsigned char)digit) - 'a' + 10 : -1;
}

char *seed_read_hex(struct seed *seed, char *text)
{
    size_t digits = strlen(text);
    int before = seed->length;
    char *problem = NULL;

    if (digits % 2 != 0)
        problem = text_of("--hex has an odd number of digits, %zu", digits);
    else if (digits / 2 > (size_t)(SEED_MOST - before))
        problem = text_of("--hex has %zu bytes, and 32 are enough", digits / 2);
    for (size_t i = 0; !problem && i < digits; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

        if (high < 0 || low < 0)
            problem = text_of("--hex has a character at place %zu that is no hexadecimal digit",
                              high < 0 ? i + 1 : i + 2);
        seed->bytes[seed->length++] = (unsigned char)(high * 16 + low);
    }
    explicit_bzero(text, digits);
    return problem ? problem : judge(seed, before, "--hex");
}

/* ---- virtio ports ---- */

/* Its path by the name in sysfs, for there may be no udev: "/dev/vport1p1", or NULL. */
static char *path_of_port(const char *name)
{
    static const char ports[] = "/sys/class/virtio-ports";
    DIR *directory = opendir(ports);
    const struct dirent *entry;
    char *path = NULL;

    while (directory && !path && (entry = readdir(directory))) {
        char *file = text_of("%s/%s/name", ports, entry->d_name), line[128] = "";
        FILE *stream = fopen(file, "re");

        if (stream && fgets(line, sizeof(line), stream)) {
            line[strcspn(line, "\n")] = '\0';
            if (strcmp(line, name) == 0)
                path = text_of("/dev/%s", entry->d_name);
        }
        if (stream)
            fclose(stream);
        free(file);
    }
    if (directory)
        closedir(directory);
    return path;
}

int seed_open_port(const char *name, char **problem)
{
    char *path = *name == '/' ? text_of("%s", name) : path_of_port(name);
    struct stat status;
    int port;

    if (!path) {
        *problem = text_of("this machine has no virtio port of the name %s", name);
        return -1;
    }
    port = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (port < 0)
        *problem = text_of("cannot open the port %s: %s", path,
                           errno == EBUSY ? "another program has it open" : strerror(errno));
    else if (fstat(port, &status) != 0 || !S_ISCHR(status.st_mode)) {
        *problem = text_of("%s is no virtio port", path);
        close(port);
        port = -1;
    }
    free(path);
    return port;
}

char *seed_read_port(struct seed *seed, int port, const char *name, double seconds)
{
    int before = seed->length;
    struct reading reading = {.file = port,
                              .name = name,
                              .least = SEED_FROM_PORT,
                              .most = SEED_MOST - before,
                              .until = now() + seconds};
    char *problem = read_on(seed, &reading, seconds);

    return problem ? problem : judge(seed, before, name);
}
