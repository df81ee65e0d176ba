/*
 * many LIBRARY TIMES: loads this many copies of an OpenSSL, and has each draw by its own
 * RAND_bytes().
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* The loader would know another descriptor of the same file again. */
static void *load_copy(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC), copy = memfd_create("copy", MFD_CLOEXEC);
    struct stat status;
    char name[32];
    void *library;

    if (file < 0 || copy < 0 || fstat(file, &status) != 0)
        return NULL;
    while (lseek(copy, 0, SEEK_CUR) < status.st_size)
        if (sendfile(copy, file, NULL, (size_t)status.st_size) <= 0)
            return NULL;
    snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
    library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    close(file);
    return library; /* the copy stays open, or the next one has its name */
}

int main(int argc, char **argv)
{
    int times = argc > 2 ? atoi(argv[2]) : 0;

    for (int i = 0; i < times; i++) {
        void *library = load_copy(argv[1]);
        int (*draw)(unsigned char *, int) = NULL;
        unsigned char bytes[32];

        if (library)
            *(void **)&draw = dlsym(library, "RAND_bytes");
        if (!draw || draw(bytes, sizeof(bytes)) != 1)
            return 1;
        printf("copy %d=", i + 1);
        for (size_t j = 0; j < sizeof(bytes); j++)
            printf("%02x", bytes[j]);
        printf("\n");
    }
    return 0;
}
