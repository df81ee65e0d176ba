/*
 * maps FILE...: maps the beginning of files as the loader maps code, reads none of it, prints
 * "ready" and waits until its standard input ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int file = open(argv[i], O_RDONLY | O_CLOEXEC | O_LARGEFILE);

        if (file < 0 ||
            mmap(NULL, 1 << 16, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED) {
            perror("maps");
            return 1;
        }
    }
    puts("ready");
    fflush(stdout);
    return getchar() == EOF ? 0 : 1;
}
