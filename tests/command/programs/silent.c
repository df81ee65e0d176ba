/* A file system that does not answer: whoever reads at an offset waits for ever. */
#include <unistd.h>

ssize_t pread(int descriptor, void *buffer, size_t length, off_t offset)
{
    (void)descriptor;
    (void)buffer;
    (void)length;
    (void)offset;
    for (;;)
        pause();
}
