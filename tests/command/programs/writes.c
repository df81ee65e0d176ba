/* Leaves a mark, the file that $MARK names, if it is run: explain must not. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void mark(void)
{
    const char *path = getenv("MARK");

    if (path)
        close(open(path, O_CREAT | O_WRONLY, 0600));
}

int main(void)
{
    return 0;
}
