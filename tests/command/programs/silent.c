/* A file system that does not answer: whoever reads at an offset waits for ever. */
#include <unistd.h>

_Noreturn static void wait_for_ever(void)
{
    for (;;)
        pause();
}

ssize_t pread(int descriptor, void *buffer, size_t length, off_t offset)
{
    (void)descriptor;
    (void)buffer;
    (void)length;
    (void)offset;
    wait_for_ever();
}

/* The same where files are larger than a long. */
ssize_t pread64(int descriptor, void *buffer, size_t length, off64_t offset)
{
    (void)descriptor;
    (void)buffer;
    (void)length;
    (void)offset;
    wait_for_ever();
}
