/*
 * See generator.h. drivers/char/random.c: RNDADDENTROPY mixes and credits, RNDRESEEDCRNG extracts a
 * new key and counts the generation up, which both per-processor keys and the vDSO compare.
 */
#include "generator.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/memory.h"

#ifndef RNDRESEEDCRNG
#define RNDRESEEDCRNG _IO('R', 0x07) /* Linux 4.17 */
#endif

static const char device[] = "/dev/urandom";

_Static_assert(sizeof(struct seed) == sizeof(struct rand_pool_info) + SEED_MOST,
               "a seed is laid out as the kernel takes it");

/* A plain file in its place would take bytes and tell them. */
static int open_generator(char **problem)
{
    int file = open(device, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;

    if (file < 0) {
        *problem = text_of("cannot open %s: %s", device, strerror(errno));
        return -1;
    }
    if (fstat(file, &status) != 0 || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 9)) {
        *problem = text_of("%s is not the kernel's device", device);
        close(file);
        return -1;
    }
    return file;
}

static char *why_not(int error)
{
    switch (error) {
    case EPERM:
        return text_of("reseeding the kernel needs CAP_SYS_ADMIN in the initial user namespace: "
                       "root, outside of a container");
    case ENODATA:
        return text_of("the kernel's generator has no seed at all yet; the bytes were mixed in, "
                       "and --credit makes them count");
    default:
        return text_of("the kernel's generator refuses: %s", strerror(error));
    }
}

static char *ask(unsigned long request, const void *argument)
{
    char *problem = NULL;
    int file = open_generator(&problem);

    if (file < 0)
        return problem;
    if (ioctl(file, request, argument) != 0)
        problem = why_not(errno);
    close(file);
    return problem;
}

char *generator_mix(const struct seed *seed)
{
    return ask(RNDADDENTROPY, seed);
}

char *generator_reseed(void)
{
    return ask(RNDRESEEDCRNG, NULL);
}

/* The pool of 4096 bits was the one that gave a key only for credit. Without /proc it is taken for
 * gone. */
bool generator_is_of_today(void)
{
    FILE *file = fopen("/proc/sys/kernel/random/poolsize", "re");
    char line[32] = "";

    if (!file)
        return true;
    if (!fgets(line, sizeof(line), file))
        *line = '\0';
    fclose(file);
    return strtol(line, NULL, 10) <= 256;
}
