/*
 * A program without OpenSSL that forks; its child asks for an environment variable, and ends.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(getenv("OPENSSL_CONF") ? 4 : 3);
    return child > 0 && waitpid(child, NULL, 0) == child ? 0 : 1;
}
