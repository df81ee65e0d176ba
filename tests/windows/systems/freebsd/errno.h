/* What platform/ uses of this system's header. */
int *__error(void);
#define errno (*__error())
#define EINTR 4
#define EIO 5
#define EAGAIN 35
#define ENOSYS 78
